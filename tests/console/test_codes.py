"""Batches of codes: made, downloaded, ended; a partner's brought in; what one code is."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from regulars.console.views.codes import _file
from regulars.ledger.connect import raw, rows
from regulars.programs.queries import Published
from regulars.rewards.queries import codes_of
from tests.console.conftest import signed_in
from tests.console.pages import text
from tests.console.test_rewards import REWARDS, batch_of, deeds, said
from tests.rewards.counter import everything

CODES = f"{REWARDS}/codes"


def newest() -> int:
    return rows(raw(), "SELECT max(id) FROM rewards_batch")[0][0]


def test_a_batch_is_made_and_says_how_far_it_is(owner: Client, rewarded: Published, monkeypatch) -> None:
    monkeypatch.setattr("regulars.rewards.actions.batches.CHUNK", 4)
    sent = {"coupon": "spring", "quantity": "10", "prefix": "may", "until": "2026-05-31"}
    shown = said(owner, f"{CODES}/new", **sent)
    assert "4 of 10 made" in shown
    assert "8 of 10 made" in said(owner, f"{CODES}/{newest()}/make")
    shown = said(owner, f"{CODES}/{newest()}/make")
    assert "Download as CSV" in shown
    assert "until 31 May 2026" in shown
    codes = list(codes_of(rewarded.id, newest()))
    assert len(set(codes)) == 10
    assert all(code.startswith("MAY-") for code in codes)


@pytest.mark.parametrize(
    "wrong", [{"coupon": "first-cup"}, {"quantity": "0"}, {"quantity": "ten"}, {"prefix": "茶"}, {"until": "tomorrow"}]
)
def test_what_cannot_be_read_is_said_at_its_field(owner: Client, rewarded: Published, wrong: dict[str, str]) -> None:
    before = everything()
    page = owner.post(f"{CODES}/new", {"coupon": "spring", "quantity": "10", **wrong})
    assert page.status_code == 200
    assert "field-note" in page.content.decode()
    assert everything() == before


@pytest.mark.parametrize("until", ["9999-12-31", "9999-12-30", "2126-12-31", "2026-02-27", "0001-01-01"])
def test_a_day_that_means_never_is_not_taken_for_one(owner: Client, rewarded: Published, until: str) -> None:
    before = everything()
    page = text(owner.post(f"{CODES}/new", {"coupon": "spring", "quantity": "10", "until": until}).content)
    assert "leave it empty for no end" in page
    assert everything() == before


@pytest.mark.parametrize("ends", ["9999-12-31 20:00+00", "0001-01-01 08:00+00"])
def test_a_batch_that_ends_on_such_a_day_is_still_shown(owner: Client, rewarded: Published, ends: str) -> None:
    number = batch_of("spring")
    raw().execute("UPDATE rewards_batch SET expires_at = %s WHERE id = %s", [ends, number])
    for page in (CODES, f"{CODES}/{number}"):
        assert owner.get(page).status_code == 200


def test_codes_are_downloaded_once_and_then_with_a_reason(owner: Client, rewarded: Published) -> None:
    number = batch_of("spring")
    answer = owner.post(f"{CODES}/{number}/file")
    assert answer["Content-Disposition"] == f'attachment; filename="tea-house-codes-{number}.csv"'
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").split("\r\n")
    assert lines == ["code", *codes_of(rewarded.id, number), ""]
    assert deeds()[-1] == ("taken", "staff:owner", "")
    before = deeds()
    assert "say why they are needed again" in said(owner, f"{CODES}/{number}/file")
    assert deeds() == before
    again = owner.post(f"{CODES}/{number}/file", {"reason": "printer broke"})
    assert b"".join(again.streaming_content).decode("utf-8-sig").split("\r\n") == lines
    assert deeds()[-1] == ("taken", "staff:owner", "printer broke")
    assert "printer broke" in text(owner.get(f"{CODES}/{number}").content)


def test_a_batch_that_was_ended_ends_its_codes(owner: Client, rewarded: Published) -> None:
    number = batch_of("spring")
    code = list(codes_of(rewarded.id, number))[5]
    assert "Say why" in said(owner, f"{CODES}/{number}/end")
    assert "None of its codes can be used any more." in said(owner, f"{CODES}/{number}/end", reason="misprint")
    assert deeds()[-1] == ("cancelled", "staff:owner", "misprint")
    assert "Its batch was ended" in said(owner, f"{CODES}/find", code=code)


def test_a_file_is_looked_over_before_anything_is_kept(owner: Client, rewarded: Published) -> None:
    before = everything()
    file = SimpleUploadedFile("codes.csv", "code,note\nNEW-1,x\nNEW-2\nnew1\nMUSEUM-0001\n---\n".encode("utf-16"))
    page = owner.post(f"{CODES}/bring-in", {"target": "reward:museum", "file": file})
    shown = text(page.content)
    assert "2 new codes for Museum ticket" in shown
    for line in ("4 new1 is in the file twice", "5 MUSEUM-0001 is there already", "6 --- is no code"):
        assert line in shown
    assert everything() == before
    sent = {"target": "reward:museum", "do": "keep", "codes": "NEW-1\nNEW-2\nnew1\nMUSEUM-0001\n---"}
    assert "2 codes brought in." in said(owner, f"{CODES}/bring-in", **sent)
    assert list(codes_of(rewarded.id, newest())) == ["NEW-1", "NEW-2"]
    assert deeds()[-1][:2] == ("imported", "staff:owner")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "There is no code in it"),
        (b"\xff\xfe\x00", "This is no text file"),
        (b"A" * 1_000_001, "larger than a megabyte"),
        ("\n".join(f"A{number}" for number in range(10_001)).encode(), "more than ten thousand codes"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(owner: Client, rewarded: Published, content: bytes, words: str) -> None:
    before = everything()
    file = SimpleUploadedFile("codes.csv", content or b"\n")
    assert words in text(owner.post(f"{CODES}/bring-in", {"target": "reward:museum", "file": file}).content)
    assert "Choose what the codes are for" in said(owner, f"{CODES}/bring-in", target="reward:nothing", codes="A1")
    assert everything() == before


def test_a_code_says_what_it_is(owner: Client, rewarded: Published) -> None:
    codes = list(codes_of(rewarded.id, batch_of("spring")))
    assert "1 of 1" in said(owner, f"{CODES}/find", code=codes[0].lower())
    assert "0 of 1" in said(owner, f"{CODES}/find", code=codes[1])
    assert "everybody may know this code" in said(owner, f"{CODES}/find", code="first cup")
    wrong = codes[1][:-1] + ("0" if codes[1][-1] != "0" else "1")
    assert "This code is mistyped" in said(owner, f"{CODES}/find", code=wrong)
    assert "Museum ticket" in said(owner, f"{CODES}/find", code="MUSEUM-0000")


def test_who_guesses_is_slowed_down(owner: Client, rewarded: Published) -> None:
    for _ in range(40):
        said(owner, f"{CODES}/find", code="AAAA-BBBB-CCCC")
    right = next(codes_of(rewarded.id, batch_of("spring")))
    assert "Too many wrong codes" in said(owner, f"{CODES}/find", code=right)


def test_only_those_who_may_make_codes(rewarded: Published) -> None:
    client, number = signed_in("service_desk"), batch_of("spring")
    before = everything()
    for place in ("new", "bring-in", f"{number}/make", f"{number}/file", f"{number}/end"):
        assert client.post(f"{CODES}/{place}", {"reason": "x"}).status_code == 403
    assert everything() == before
    assert "Make codes" not in text(client.get(CODES).content)


def test_a_partners_codes_are_taken_away_by_who_may_read_codes(owner: Client, rewarded: Published) -> None:
    manager, pool = signed_in("program_manager"), rows(raw(), "SELECT id FROM rewards_batch WHERE reward = 'museum'")
    address, before = f"{CODES}/{pool[0][0]}", everything()
    assert "Download as CSV" not in text(manager.get(address).content)
    assert manager.post(f"{address}/file").status_code == 403
    assert everything() == before
    assert b"".join(manager.post(f"{CODES}/{batch_of('spring')}/file").streaming_content)
    assert "Download as CSV" in text(owner.get(address).content)
    assert b"MUSEUM-0005" in b"".join(owner.post(f"{address}/file").streaming_content)


def test_a_code_that_is_a_formula_is_refused_and_nothing_is_kept(owner: Client, rewarded: Published) -> None:
    before = everything(), newest()
    for do in ("look", "keep"):
        sent = {"target": "reward:museum", "codes": "NEW-1\n=1+1\n", "do": do}
        assert "begins like a formula" in text(owner.post(f"{CODES}/bring-in", sent).content)
    assert (everything(), newest()) == before


def test_a_code_is_one_cell_of_the_file() -> None:
    assert list(_file(["A-1", 'A,"1"'])) == ["\ufeffcode\r\n", "A-1\r\n", '"A,""1"""\r\n']
