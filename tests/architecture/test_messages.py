"""Every text that people see exists in every language."""

import re

import pytest

from regulars.project.catalogues import catalogues, compile_stale
from tools import messages

ALIAS = re.compile(r"import .*gettext\w* as (\w+)")


def test_texts_are_marked_by_names_that_are_looked_for():
    sources = {str(path): path.read_text() for path in messages.SOURCE.rglob("*.py")}
    unknown = [
        (path, name) for path, text in sources.items() for name in ALIAS.findall(text) if name not in messages.KEYWORDS
    ]
    assert not unknown, f"Call it _, or nothing finds what it marks: {unknown}"


def test_every_catalogue_is_complete():
    problems = messages.gaps()
    assert not problems, "Run ./run i18n, then write the missing words:\n" + "\n".join(problems)


# What each script is written with, by the standards that know only the one: a sign of the other cannot be said in them.
SIGNS = {"zh_Hans": "gb2312", "zh_Hant": "big5"}


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_no_sign_of_the_other_script_is_in_a_catalogue(language):
    written = [(each.id, "".join(each.string)) for each in messages.read(language) if each.id]
    mixed = [(text, said) for text, said in written if not _is_written_in(SIGNS[language], said)]
    assert not mixed, f"Signs that {language} does not have:\n" + "\n".join(f"{text}: {said}" for text, said in mixed)


def _is_written_in(encoding, said):
    ideographs = "".join(sign for sign in said if "\u3400" <= sign <= "\u9fff")
    return ideographs.encode(encoding, "ignore").decode(encoding) == ideographs


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
