"""Codes in batches: as many as were wanted, none twice, none in the database, and on again after a crash."""

import itertools
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import ProgrammingError, connection

from regulars.engine.calendar import DAY
from regulars.ledger.connect import raw, rows
from regulars.rewards import looking, qr, secrecy, spelling
from regulars.rewards.actions import batches
from regulars.rewards.actions.batches import Wanted
from regulars.rewards.looking import Coupon
from regulars.rewards.models import Batch
from regulars.rewards.queries import codes_of
from regulars.rewards.refusing import CODES, Refused
from tests.ledger.shop import at, member

pytestmark = pytest.mark.django_db

NOW = at("2026-03-01 12:00")


def batch(**changes: Any) -> int:
    known = {"coupon": "spring", "quantity": 5, "prefix": "TEA", "length": 10}
    return batches.begin_batch(1, Wanted(**{**known, **changes}), "mei", NOW)


def made(number: int) -> list[str]:
    return list(itertools.chain(*batches.make_codes(1, number)))


def shown(typed: str, now: int = NOW) -> Any:
    return looking.shown(raw(), 1, typed, {}, now)


def refusal(act: Any, *given: Any, **named: Any) -> str:
    with pytest.raises(Refused) as refused:
        act(*given, **named)
    assert refused.value.code in CODES
    return refused.value.code


def stored() -> str:
    found = rows(raw(), "SELECT to_jsonb(c)::text FROM rewards_code AS c")
    return " ".join(text for (text,) in found)


def test_a_batch_has_as_many_codes_as_wanted_and_each_is_found():
    codes = made(batch())
    assert len(set(codes)) == 5
    assert all(code.startswith("TEA-") and spelling.is_spelled(spelling.plain(code)) for code in codes)
    for code in codes:
        found = shown(code.lower().replace("-", ""))
        assert (found.name, found.uses) == ("spring", 1)
    assert len({shown(code).thing for code in codes}) == 5


CENTURY = 100 * 365 * DAY


@pytest.mark.parametrize(
    "days",
    [
        {"expires_at": NOW},
        {"expires_at": at("0001-01-02 00:00")},
        {"expires_at": NOW + CENTURY + 1},
        {"expires_at": at("9999-12-31 20:00")},
        {"valid_from": NOW + DAY, "expires_at": NOW + DAY},
        {"valid_from": NOW + CENTURY},
    ],
)
def test_codes_end_after_they_begin_and_while_people_can_plan(days: dict[str, int]):
    assert refusal(batch, **days) == "code_days"
    assert not Batch.objects.exists()


@pytest.mark.parametrize("days", [{"expires_at": NOW + 1}, {"expires_at": NOW + CENTURY}, {"valid_from": NOW - DAY}])
def test_codes_may_end_soon_or_late_and_may_have_begun(days: dict[str, int]):
    assert batch(**days)


def test_the_database_does_not_tell_the_codes():
    codes = made(batch())
    kept = stored()
    assert not any(spelling.plain(code)[3:] in kept or code.encode().hex() in kept for code in codes)


def test_what_was_made_can_be_printed_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(batches, "CHUNK", 2)
    number = batch()
    codes = made(number)
    assert list(codes_of(1, number)) == codes


def test_whoever_was_cut_short_goes_on(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(batches, "CHUNK", 2)
    number = batch()
    first = next(batches.make_codes(1, number))
    rest = made(number)
    assert len({*first, *rest}) == 5
    assert made(number) == []


def test_a_code_that_is_there_already_is_passed_over(monkeypatch: pytest.MonkeyPatch):
    taken, free = batch(coupon="first", quantity=3), batch(quantity=3)
    derived = secrecy.derived
    same = {batches.about(free, 0): batches.about(taken, 1), batches.about(free, 2): batches.about(taken, 2)}
    monkeypatch.setattr(secrecy, "derived", lambda about, *rest: derived(same.get(about, about), *rest))
    theirs, ours = made(taken), made(free)
    assert len(ours) == 3
    assert not set(theirs) & set(ours)
    assert Batch.objects.get(id=free).numbered == 5
    assert {shown(code).name for code in ours} == {"spring"}


@pytest.mark.parametrize(
    ("changes", "least"),
    [
        ({"quantity": 10**6, "length": 8}, 10),
        ({"quantity": 5, "length": 5}, 6),
        ({"quantity": 10**8, "length": 24}, 6),
        ({"quantity": 5, "length": 25}, 6),
    ],
)
def test_codes_that_could_be_guessed_are_not_made(changes: dict[str, int], least: int):
    with pytest.raises(Refused) as refused:
        batch(**changes)
    assert (refused.value.code, refused.value.parameters["least"]) == ("code_length", least)
    assert not Batch.objects.exists()


def test_a_pool_from_elsewhere_is_kept_sealed_and_read_again():
    number = batch(coupon="", reward="cinema", quantity=0)
    kept = batches.import_codes(1, number, ["Kino-1", "KINO 2", "kino1", "", "  ", "x" * 101])
    assert kept == batches.Imported(2, 1, 3)
    assert "Kino" not in stored()
    assert sorted(codes_of(1, number)) == ["KINO 2", "Kino-1"]
    again = batches.import_codes(1, number, ["KINO2", "KINO3"])
    assert again == batches.Imported(1, 1, 0)
    assert refusal(shown, "kino3") == "code_unknown", "a partner's voucher is not used with us"


def test_imported_codes_of_a_coupon_are_recognised_and_not_kept():
    number = batch(quantity=0, uses=None)
    batches.import_codes(1, number, ["WELCOME10", "旧券-7"])
    assert (shown("welcome 10").name, shown("WELC0ME1O").name) == ("spring", "spring")
    assert shown("旧券7").uses is None
    assert list(codes_of(1, number)) == ["", ""]


@pytest.mark.parametrize(
    "unsafe",
    ["=1+1", " +1", "-1", "@A1", "＝1", "A,1", "A;1", "A\t1", "A\n1", 'A"1', "A\x7f1", "A\u200b1", "A\u20281", "A\0"],
)
@pytest.mark.parametrize("wanted", [{"coupon": "spring"}, {"coupon": "", "reward": "cinema"}])
def test_codes_that_are_something_else_in_a_table_are_not_brought_in(wanted: dict[str, str], unsafe: str):
    number = batch(quantity=0, **wanted)
    assert refusal(batches.import_codes, 1, number, ["KINO-1", unsafe]) == "code_unsafe"
    assert Batch.objects.get().made == 0


def rotate(settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 9


@pytest.mark.parametrize("wanted", [{"coupon": "spring"}, {"coupon": "", "reward": "cinema"}])
def test_a_code_from_before_the_secret_changed_is_known_again(wanted: dict[str, str], settings: Any):
    number = batch(quantity=0, **wanted)
    batches.import_codes(1, number, ["WELCOME10", "HELLO-1"])
    rotate(settings)
    assert batches.import_codes(1, number, ["welcome 10", "HELLO-2"]) == batches.Imported(1, 1, 0)
    assert batches.import_codes(1, number, ["", "HELLO-1", "HELLO-2"]) == batches.Imported(0, 2, 1)
    assert len(list(codes_of(1, number))) == 3


def test_a_batch_that_is_being_made_takes_imported_codes_beside_its_own(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(batches, "CHUNK", 2)
    number = batch()
    making = batches.make_codes(1, number)
    first = next(making)
    assert batches.import_codes(1, number, ["HELLO-1", "HELLO-2", "HELLO-3"]) == batches.Imported(3, 0, 0)
    assert len({*first, *itertools.chain(*making)}) == 5
    assert (Batch.objects.get().made, Batch.objects.get().wanted) == (8, 8)


def test_nothing_is_added_to_a_batch_that_was_cancelled():
    number = batch()
    codes = made(number)
    batches.cancel_batch(1, number, NOW)
    assert shown(codes[0]).cancelled
    assert refusal(batches.import_codes, 1, number, ["A-1"]) == "batch_cancelled"
    Batch.objects.update(wanted=9)
    assert made(number) == []


def test_each_member_has_one_code_of_a_coupon():
    lin = batches.personal_code(1, "friend", "LIN", member("lin"), NOW, gives=False)
    assert batches.personal_code(1, "friend", "LIN", member("lin"), NOW, gives=False) == lin
    wang = batches.personal_code(1, "friend", "LIN", member("wang"), NOW, gives=True)
    assert shown(lin).owner_id == member("lin")
    assert (shown(wang).owner_id, shown(wang).giver_id) == (None, member("wang"))
    assert Batch.objects.count() == 1


def test_whose_code_was_cancelled_with_its_batch_gets_another():
    lin = batches.personal_code(1, "friend", "LIN", member("lin"), NOW, gives=False)
    batches.cancel_batch(1, Batch.objects.get().id, NOW)
    anew = batches.personal_code(1, "friend", "LIN", member("lin"), NOW, gives=False)
    assert (shown(lin).cancelled, shown(anew).cancelled) == (True, False)
    assert batches.personal_code(1, "friend", "LIN", member("lin"), NOW, gives=False) == anew


CHECKED = [
    (Coupon("c"), "lin", ""),
    (Coupon("c", owner_id=member("lin")), "lin", ""),
    (Coupon("c", owner_id=member("lin")), "wang", "code_of_other_member"),
    (Coupon("c", giver_id=member("lin")), "lin", "own_code"),
    (Coupon("c", giver_id=member("lin")), "wang", ""),
    (Coupon("c", valid_from=NOW + 1), "lin", "code_not_yet_valid"),
    (Coupon("c", valid_from=NOW), "lin", ""),
    (Coupon("c", expires_at=NOW), "lin", "code_expired"),
    (Coupon("c", expires_at=NOW + 1), "lin", ""),
    (Coupon("c", cancelled=True), "lin", "code_cancelled"),
]


@pytest.mark.parametrize(("found", "who", "code"), CHECKED)
def test_who_may_use_a_code_when(found: Coupon, who: str, code: str):
    mine = frozenset({member(who)})
    if code:
        assert refusal(looking.check, found, mine, NOW) == code
    else:
        looking.check(found, mine, NOW)


@pytest.mark.parametrize(("typed", "code"), [("TEA-0000-0000-01", "code_mistyped"), ("!", "code_mistyped")])
def test_a_slip_is_told_from_a_code_that_nobody_made(typed: str, code: str):
    assert refusal(shown, typed) == code
    assert refusal(shown, spelling.spelled("TEA", 4711, 10)) == "code_unknown"


def test_a_public_code_is_found_by_its_coupon():
    assert looking.shown(raw(), 1, "welcome-10", {"WELCOME10": "hello"}, NOW).name == "hello"


def test_codes_of_another_program_are_unknown():
    [code] = made(batch(quantity=1))
    assert refusal(looking.shown, raw(), 2, code, {}, NOW) == "code_unknown"


def test_a_qr_is_a_picture_without_scripts_or_styles():
    code = spelling.spelled("TEA", 4711, 10)
    drawn = ElementTree.fromstring(qr.svg(code))
    assert drawn.tag.endswith("svg")
    assert drawn.get("viewBox")
    assert {element.tag.rpartition("}")[2] for element in drawn.iter()} <= {"svg", "path"}
    assert not any("style" in name for element in drawn.iter() for name in element.attrib)
    assert qr.svg(code) == qr.svg(code) != qr.svg(code + "0")


@pytest.mark.parametrize("statement", ["UPDATE rewards_happened SET what = 'used'", "DELETE FROM rewards_happened"])
def test_history_is_only_added_to(statement: str):
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(statement)
