"""Every text that people see exists in every language."""

import pytest

from regulars.project.catalogues import catalogues, compile_stale
from tools import messages


def test_every_catalogue_is_complete():
    problems = messages.gaps()
    assert not problems, "Run ./run i18n, then write the missing words:\n" + "\n".join(problems)


def test_catalogues_are_compiled_after_they_changed():
    compile_stale()
    for path in catalogues():
        compiled = path.with_suffix(".mo")
        assert compiled.stat().st_mtime_ns >= path.stat().st_mtime_ns, f"{compiled} is older than {path}"


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_a_text_of_the_house_is_translated(language):
    """The lookup itself, through Django: a catalogue nobody finds is as good as none."""
    from django.utils import translation

    known = [message for message in messages.read(language) if message.id and isinstance(message.id, str)]
    with translation.override(language.replace("_", "-").lower()):
        for message in known:
            if not message.context:
                assert translation.gettext(message.id) == message.string
