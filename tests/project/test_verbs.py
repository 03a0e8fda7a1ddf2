"""What ./run answers to who asks how a verb is used."""

import pytest

from tools.__main__ import VERBS, main


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_says_how_it_is_used(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(verb, ["--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: ./run {verb}")


def test_an_option_is_no_folder_for_screens(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("screens", ["-k", "drawn"]) == 2
    assert "-k" in capsys.readouterr().err
