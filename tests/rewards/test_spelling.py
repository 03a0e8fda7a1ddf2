"""Codes as they are spelled: every slip that people make when typing shows, and none of the harmless ones matters."""

import random
from itertools import combinations

import pytest

from regulars.rewards import secrecy
from regulars.rewards.spelling import ALPHABET, check_character, is_spelled, plain, spelled

CODES = [plain(spelled("TEA", random.Random(seed).getrandbits(50), 10)) for seed in range(60)]


def test_the_alphabet_has_no_look_alikes():
    assert len(set(ALPHABET)) == 32
    assert not set("ILOU") & set(ALPHABET)


@pytest.mark.parametrize("code", CODES[:20])
def test_every_single_wrong_character_shows(code: str):
    assert is_spelled(code)
    for place in range(len(code)):
        for wrong in ALPHABET:
            typed = code[:place] + wrong + code[place + 1 :]
            assert is_spelled(typed) == (wrong == code[place])


@pytest.mark.parametrize("code", CODES)
def test_any_two_that_changed_places_show(code: str):
    for one, other in combinations(range(len(code)), 2):
        typed = list(code)
        typed[one], typed[other] = typed[other], typed[one]
        assert is_spelled("".join(typed)) == (code[one] == code[other])


def test_the_whole_table_of_pairs():
    """Both neighbours, in every combination: what is left of them and right of them changes nothing."""
    for one in ALPHABET:
        for other in ALPHABET:
            code = "7" + one + other
            swapped = "7" + other + one
            assert (check_character(code) == check_character(swapped)) == (one == other)
            assert (check_character("7" + one) == check_character("7" + other)) == (one == other)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tea-7k3m 0001", "TEA7K3M0001"),
        ("TEA–7K3M—OOOI", "TEA7K3M0001"),
        ("ｔｅａ－７Ｋ３Ｍ－０００１", "TEA7K3M0001"),
        ("summer", "SVMMER"),
        (" ", ""),
    ],
)
def test_what_looks_the_same_means_the_same(typed: str, meant: str):
    assert plain(typed) == meant


@pytest.mark.parametrize("code", ["", "*", "TEA!", "É"])
def test_what_has_other_characters_is_not_spelled(code: str):
    assert not is_spelled(code)


def test_a_code_is_printed_in_groups_and_read_back():
    code = spelled("SUMMER", 0, 9)
    assert code.startswith("SUMMER-0000-0000-0")
    assert is_spelled(plain(code))
    assert is_spelled(plain(spelled("", 32**8 - 1, 8)))


def test_what_is_stored_is_not_the_code_and_differs_by_program():
    code = secrecy.derived("issued:1", "", 12)
    assert secrecy.derived("issued:1", "", 12) == code != secrecy.derived("issued:2", "", 12)
    assert secrecy.mark(1, code) == secrecy.mark(1, code.lower().replace("-", " "))
    assert secrecy.mark(1, code) != secrecy.mark(2, code)
    assert plain(code).encode() not in secrecy.mark(1, code)


def test_codes_survive_a_new_secret_and_not_a_lost_one(settings):
    code, sealed = secrecy.derived("batch:1:7", "TEA", 10), secrecy.seal(1, "Partner Voucher 券 42")
    known, kept = secrecy.mark(1, code), secrecy.mark(1, "Partner Voucher 券 42")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret"
    assert known in secrecy.marks(1, code)
    assert secrecy.read_again(1, "batch:1:7", "TEA", 10, known) == code
    assert secrecy.unseal(1, sealed, kept) == "Partner Voucher 券 42"
    settings.SECRET_KEY_FALLBACKS = []
    assert secrecy.read_again(1, "batch:1:7", "TEA", 10, known) == ""
    assert secrecy.unseal(1, sealed, kept) == ""
