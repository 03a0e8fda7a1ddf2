"""The sequence that was found, as a story that `regulars check` runs, with what everybody has in the end."""

import json

from regulars.engine.tape import Tape
from regulars.programs.attack.enacting import MEMBERS, Said, Stage
from regulars.programs.attack.ground import BIRTHDAY, Ground
from regulars.programs.attack.weighing import places_of
from regulars.programs.canonical import canonical
from regulars.programs.stories.reading import read
from regulars.programs.stories.script import as_written
from regulars.programs.stories.telling import acted

PLACES = ("available", "pending", "held", "deficit")
OF_THE_LEDGER = ("redeemed", "written_off", "charged")


def told(stage: Stage, program: str, head: str) -> str:
    """In its canonical form."""
    known = of_members(stage.ground)
    takes_part = {MEMBERS[0], *(step["member"] for step in stage.steps if "member" in step)}
    takes_part |= {step["transfer"]["to"] for step in stage.steps if "transfer" in step}
    takes_part |= {step["merge"] for step in stage.steps if "merge" in step}
    takes_part |= {step["referred"] for step in stage.steps if "referred" in step}
    steps = [*stage.steps, *(end(stage, place) for place, name in enumerate(MEMBERS) if name in takes_part)]
    said: Said = {"program": program, "member": {"id": MEMBERS[0], **known}}
    if MEMBERS[1] in takes_part:
        said["others"] = [{"id": MEMBERS[1], **known}]
    words = json.dumps(said | {"story": steps}, ensure_ascii=False)
    return canonical(f"# regulars attack: {head}\n{words}\n")


def of_members(ground: Ground) -> Said:
    """What rules may ask for."""
    asks = any(rule.on == "birthday" or "birthday" in rule.needs for rule in ground.raw.earn)
    known: Said = {"birthday": "{:02}-{:02}".format(*BIRTHDAY)} if asks else {}
    known |= {"country": ground.country} if ground.country else {}
    return known | ({"attributes": ground.attributes} if ground.attributes else {})


def end(stage: Stage, member: int) -> Said:
    whose = {"member": MEMBERS[member]} if member else {}
    tape = stage.tapes[member]
    expected = {name: balance(tape, name) for name in stage.ground.wallets}
    return {"at": stage.local(stage.now), **whose, "expect": expected}


def balance(tape: Tape, name: str) -> dict[str, str]:
    wallet, places = tape.account.wallets.get(name), places_of(tape, name)
    found = {place: getattr(wallet, place) if wallet else 0 for place in PLACES}
    found |= {place: places[place] for place in OF_THE_LEDGER}
    versions = tape.programs.versions
    return {
        place: as_written(points, name, versions) for place, points in found.items() if points or place == "available"
    }


def holds(story: str, program: str) -> bool:
    """Folded from nothing, as `regulars check` does."""
    return acted("", read(story, lambda _path: program)).holds
