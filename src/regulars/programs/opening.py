"""A shop's first program: its books are opened, so that orders can be brought in, and its rules are a draft.

What is opened holds the preset's wallets and tiers, and gives nothing for orders: what was bought before counts towards
the tiers, as it does in a plan. The rules come into force when somebody who has seen what they would cost publishes the
draft.
"""

import yaml
from django.db import transaction

from regulars.programs.actions import publish
from regulars.programs.canonical import canonical
from regulars.programs.clock import real_now
from regulars.programs.drafting import begin_draft
from regulars.programs.presets.starting import Own, started
from regulars.programs.queries import Published

# What of a preset gives nothing by itself.
OPENED = ("program", "name", "timezone", "currency", "enrolment", "wallets")
# What a tier asks for that is counted before any rule gives points.
BOUGHT = {"spend", "orders"}


@transaction.atomic
def open_program(preset: str, own: Own, actor: str, note: str = "") -> tuple[Published, int]:
    """The program, and the number of the draft with the preset's rules and story. Raises DocumentRefused, and
    PublishRefused where there is a program of that slug."""
    whole = started(preset, own)
    document = yaml.safe_load(whole.program)
    parts = {word: document[word] for word in OPENED if word in document}
    tiers = document.get("tiers", [])
    if tiers and all(one.get("grows_by", "spend") in BOUGHT for one in tiers):
        parts["tiers"] = tiers
    opened = yaml.safe_dump(parts, allow_unicode=True, sort_keys=False)
    published = publish(own.slug, canonical(opened), real_now(), actor, onto=0, note=note)
    return published, begin_draft(own.slug, actor, document=whole.program, note=note, stories=whole.story)
