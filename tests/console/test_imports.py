"""Orders brought in by the browser: looked over first, taken in once by the worker, what was not taken handed out."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from regulars.intake.actions import begin_import, take_batch
from regulars.intake.models import ImportRun, Upload
from regulars.intake.reading.building import Batch
from regulars.intake.uploading import path_of, take_in
from regulars.jobs import tasks
from regulars.ledger.connect import raw, rows
from regulars.programs.queries import Published, now
from tests.console.conftest import signed_in
from tests.console.pages import text
from tests.rewards.counter import everything

IMPORTS = "/programs/tea-house/imports"
TODAY = "/programs/tea-house/today"
QUERIES = 15
CONTENT = """訂單編號,付款時間,會員編號,貨號,數量,小計
T-1,2026-02-01 10:00,1001,OOL-1,2,998
T-1,2026-02-01 10:00,1001,CUP-1,1,350
T-2,2026-02-02 11:30,,GRN-1,1,280
T-1,2026-02-03 09:00,1001,CUP-1,-1,-350
T-3,someday,1001,GRN-1,1,280
"""
COLUMNS = {
    "order": "訂單編號", "time": "付款時間", "customer": "會員編號", "product": "貨號",
    "quantity": "數量", "total": "小計",
    "numbers": "point", "source": "web", "returns": "yes",
}  # fmt: skip
MORE = ["姓名,電子郵件", *["林,"] * 5]
LATE = "id,date,sku,total\nA,2090-01-01,TEA,100\n"
LATE_COLUMNS = {"order": "id", "time": "date", "product": "sku", "total": "total", "source": "web"}


@pytest.fixture
def mei(teahouse: Published) -> Client:
    return signed_in("owner")


def brought(client: Client, content: str | bytes = CONTENT, name: str = "february.csv") -> str:
    """The address of the columns of a file."""
    file = SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode())
    answer = client.post(IMPORTS, {"file": file})
    assert answer.status_code == 302, text(answer.content)
    return answer["Location"]


def orders() -> int:
    return rows(raw(), "SELECT count(*) FROM ledger_order WHERE key LIKE 'web/%%'")[0][0]


def test_a_file_is_looked_over_before_anything_is_kept(mei: Client) -> None:
    before = everything()
    address = brought(mei)
    page = mei.get(address).content.decode()
    for column in ("訂單編號", "付款時間", "會員編號", "貨號", "數量", "小計"):
        assert f'<option value="{column}" selected>' in page, column
    looked = text(mei.post(address, COLUMNS).content)
    assert "T-1" in looked
    assert "NT$1,348" in looked
    assert "2 × OOL-1, 1 × CUP-1" in looked
    assert "1, in 1 returns of NT$350 altogether" in looked
    assert "This is not a date and time 1" in looked
    assert everything() == before
    assert not ProcrastinateJob.objects.exists()


def test_a_negative_amount_is_a_return_too(mei: Client) -> None:
    looked = text(mei.post(brought(mei, CONTENT.replace("-1,-350", "1,-350")), COLUMNS).content)
    assert "1, in 1 returns of NT$350 altogether" in looked


def test_columns_that_are_not_used_are_named(mei: Client) -> None:
    content = "".join(f"{line},{more}\n" for line, more in zip(CONTENT.splitlines(), MORE, strict=True))
    assert "Columns that are not used 姓名, 電子郵件" in text(mei.post(brought(mei, content), COLUMNS).content)
    assert "not used" not in text(mei.post(brought(mei), COLUMNS).content)


def with_column(heading: str, *values: str) -> str:
    lines = CONTENT.replace("T-1,2026-02-03 09:00,1001,CUP-1,-1,-350\n", "").splitlines()
    return "".join(f"{line},{more}\n" for line, more in zip(lines, [heading, *values], strict=True))


def test_a_column_of_what_came_back_is_not_passed_over_in_silence(mei: Client) -> None:
    looked = text(mei.post(brought(mei, with_column("退款狀態", *"    ")), COLUMNS).content)
    assert "Not read: 退款狀態. What they say was cancelled or came back is taken for sold and earns." in looked
    assert "taken for sold" not in text(mei.post(brought(mei), COLUMNS).content)


def test_a_column_of_refunded_amounts_is_known_and_read(mei: Client) -> None:
    address = brought(mei, with_column("退款金額", "0", "400", "", ""))
    page = mei.get(address).content.decode()
    assert '<option value="退款金額" selected>' in page
    looked = text(mei.post(address, {**COLUMNS, "refunded": "退款金額"}).content)
    assert "T-1 1 Feb 2026, 10:00 – a return NT$350" in looked
    assert "Given back of these orders NT$350, in 1 returns" in looked
    assert "Refunds of more than was paid or bought: no more than that comes back 1" in looked
    assert "taken for sold" not in looked
    answer = mei.post(address, {**COLUMNS, "refunded": "退款金額", "do": "keep"})
    take_in(int(answer["Location"].rstrip("/").rpartition("/")[2]))
    assert rows(raw(), "SELECT refunded_minor FROM ledger_order WHERE key = 'web/T-1'") == [(35_000,)]
    told = text(mei.get(answer["Location"]).content)
    assert "Returns 1" in told
    rejects = mei.get(answer["Location"].rstrip("/") + "/rejects")
    assert "3,退款金額,400,more_than_paid" in b"".join(rejects.streaming_content).decode("utf-8-sig")


def test_the_same_file_again_has_no_new_orders(mei: Client) -> None:
    for told in ("New orders 2 Returns 1", "New orders 0 Orders known before 2 Returns 1"):
        address = brought(mei)
        looked = text(mei.post(address, COLUMNS).content)
        run = mei.post(address, {**COLUMNS, "do": "keep"})["Location"]
        take_in(Upload.objects.latest("id").pk)
        assert told in text(mei.get(run).content)
    assert "New orders 0 Orders known before 2" in looked
    assert "Bring in the file Change the columns" in looked


SLASHES = "id,date,sku,total\nA,{},TEA,100\n"
SLASHED = {"order": "id", "time": "date", "product": "sku", "total": "total", "source": "web"}


def option(page: str, value: str) -> str:
    found = re.search(rf'<option value="{re.escape(value)}"( selected)?>([^<]*)</option>', page)
    assert found, page
    return f"{unescape(found[2])}{found[1] or ''}"


def test_the_first_rows_say_how_times_and_amounts_are_written(mei: Client) -> None:
    address = brought(mei, SLASHES.format("13/04/2024").replace("100", '"1,280.50"'))
    page = mei.get(address).content.decode()
    assert option(page, "%d/%m/%Y") == "13/04/2024 → 13 April 2024 (day first) selected"
    assert option(page, "point_comma") == "1,280.50 → 1280.5 selected"
    assert "13/04/2024 → 13 April 2024, where the time zone is Asia/Taipei." in unescape(page)
    looked = text(mei.post(address, SLASHED).content)
    assert "13 Apr 2024" in looked
    assert "1 order" in looked


def test_a_time_that_says_its_zone_is_shown_as_it_is_taken_in(mei: Client) -> None:
    address = brought(mei, SLASHES.format("2026-03-05T23:30:00Z"))
    page = unescape(mei.get(address).content.decode())
    assert option(page, "iso") == "2026-03-05T23:30:00Z → 6 Mar 2026, 07:30 selected"
    assert "where the time zone is" not in page
    assert "6 Mar 2026, 07:30" in text(mei.post(address, {**SLASHED, "time_format": "iso"}).content)


def test_what_comes_after_the_first_rows_and_cannot_be_read_alike_is_not_taken(mei: Client) -> None:
    clear = [f"{number},{13 + number % 15}/03/2024,TEA,12.50" for number in range(500)]
    later = ["a,03/14/2024,TEA,12.50", "b,2024-03-14,TEA,12.50", "c,14/03/24,TEA,12.50", 'd,14/03/2024,TEA,"12,50"']
    address = brought(mei, "\n".join(["id,date,sku,total", *clear, *later]))
    looked = text(mei.post(address, SLASHED).content)
    assert "This is not a date and time 3" in looked
    assert "This is not a number 1" in looked
    assert "Bring in 500 orders" in looked


def test_a_day_that_could_be_a_month_is_asked_for(mei: Client) -> None:
    address = brought(mei, SLASHES.format("03/04/2024"))
    page = mei.get(address).content.decode()
    assert option(page, "%d/%m/%Y") == "03/04/2024 → 3 April 2024 (day first)"
    assert option(page, "%m/%d/%Y") == "03/04/2024 → 4 March 2024 (month first)"
    assert "Choose one" in page
    for do in ("", "keep"):
        page = mei.post(address, {**SLASHED, "do": do}).content.decode()
        assert 'name="time_format" aria-invalid="true"' in page
        assert "Is 03/04/2024 3 April 2024 or 4 March 2024? Choose the one that is meant." in page
    assert Upload.objects.get().state == Upload.NEW
    looked = text(mei.post(address, {**SLASHED, "time_format": "%m/%d/%Y"}).content)
    assert "4 Mar 2024" in looked


def test_one_mistyped_day_does_not_turn_the_others_around(mei: Client) -> None:
    days = [*(f"{day:02}/03/2026" for day in range(1, 13)), "03/13/2026"]
    lines = [f"{number},{day},TEA,100" for number, day in enumerate(days)]
    address = brought(mei, "\n".join(["id,date,sku,total", *lines]))
    page = mei.post(address, SLASHED).content.decode()
    assert "Is 01/03/2026 3 January 2026 or 1 March 2026? Choose the one that is meant." in page
    looked = text(mei.post(address, {**SLASHED, "time_format": "%d/%m/%Y"}).content)
    assert "This is not a date and time 1" in looked


def test_days_of_which_no_way_reads_another_ones_are_asked_for(mei: Client) -> None:
    address = brought(mei, SLASHES.format("13/03/2026") + "B,03/14/2026,TEA,100\n")
    page = mei.post(address, SLASHED).content.decode()
    assert option(page, "%d/%m/%Y") == "13/03/2026 → 13 March 2026 (day first)"
    assert option(page, "%m/%d/%Y") == "03/14/2026 → 14 March 2026 (month first)"
    assert "This can be read in several ways. Choose the one that is meant." in page


def test_another_column_is_looked_at_anew(mei: Client) -> None:
    address = brought(mei, "id,date,paid,sku,total\nA,2024-03-05,13.04.2024,TEA,100\n")
    page = mei.get(address).content.decode()
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen is not None
    assert option(page, "iso").endswith("selected")
    sent = {**SLASHED, "time": "paid", "time_format": "iso", "seen": seen[1], "do": "back"}
    page = mei.post(address, sent).content.decode()
    assert option(page, "%d.%m.%Y") == "13.04.2024 → 13 April 2024 selected"
    # Whoever insists is believed, and sees what becomes of it.
    stays = {**sent, "seen": seen[1].replace("date", "paid"), "do": ""}
    assert "Not a single order can be read like this" in text(mei.post(address, stays).content)


def test_orders_of_the_future_are_told_of_before_they_are_refused(mei: Client) -> None:
    looked = text(mei.post(brought(mei, LATE), LATE_COLUMNS).content)
    assert "This order lies in the future 1" in looked
    assert "Bring in 0 orders" in looked


def test_the_worker_takes_it_in_once_and_says_what_came_of_it(mei: Client) -> None:
    address = brought(mei)
    for _time in range(2):
        answer = mei.post(address, {**COLUMNS, "do": "keep"})
        assert answer["Location"] == address.removesuffix("/columns")
    run = answer["Location"]
    upload = Upload.objects.get()
    jobs = ProcrastinateJob.objects.filter(task_name=tasks.take_in_now.name)
    assert [job.args for job in jobs] == [{"number": upload.pk}]
    assert "Waiting for the job worker" in text(mei.get(run).content)
    assert mei.get(f"{run}/progress").status_code == 200
    take_in(upload.pk)
    assert orders() == 2
    told = text(mei.get(run).content)
    assert "New orders 2 Returns 1 This is not a date and time 1" in told
    assert "HX-Refresh" in mei.get(f"{run}/progress").headers
    rejects = b"".join(mei.get(f"{run}/rejects").streaming_content).decode("utf-8-sig")
    assert "someday" in rejects
    assert not path_of(upload).exists()
    before = everything()
    take_in(upload.pk)
    mei.post(address, {**COLUMNS, "do": "keep"})
    mei.post(f"{run}/again")
    assert everything() == before
    assert jobs.count() == 1
    assert "february.csv" in text(mei.get(IMPORTS).content)
    assert "february.csv" not in text(mei.get("/programs/tea-house/today").content)


def test_a_file_of_which_nothing_was_taken_can_be_begun_again(mei: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    address = brought(mei, LATE)
    # A clock that is put right meanwhile: otherwise the first look would have stopped it.
    monkeypatch.setattr("regulars.intake.previewing.now", lambda _published: 4_000_000_000_000_000)
    run = mei.post(address, {**LATE_COLUMNS, "do": "keep"})["Location"]
    take_in(Upload.objects.get().pk)
    page = text(mei.get(run).content)
    assert "Nothing of this file was taken" in page
    assert "This order lies in the future 1" in page
    assert "late.csv" not in page
    assert "1 record was refused" in text(mei.get("/programs/tea-house/today").content)
    assert "Begun again" in text(mei.post(f"{run}/again", follow=True).content)
    monkeypatch.setattr("regulars.programs.queries.now", lambda _published: 4_000_000_000_000_000)
    take_in(Upload.objects.get().pk)
    monkeypatch.undo()
    assert orders() == 1
    assert ImportRun.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("orders.xlsx", b"PK", "CSV, NDJSON or Parquet is needed"),
        ("orders.csv", b"", "The file is empty"),
        ("orders", b"x", "CSV, NDJSON or Parquet is needed"),
    ],
)
def test_what_is_no_table_is_refused(mei: Client, tmp_path: Path, name: str, content: bytes, said: str) -> None:
    answer = mei.post(IMPORTS, {"file": SimpleUploadedFile(name, content)})
    assert said in text(answer.content)
    assert not Upload.objects.exists()
    assert not list(tmp_path.glob("uploads/*/*"))


def test_a_file_that_is_too_large_leaves_nothing(mei: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regulars.intake.uploading.BYTES_AT_MOST", 10)
    assert "larger than 20 MB" in text(mei.post(IMPORTS, {"file": SimpleUploadedFile("a.csv", b"x" * 11)}).content)
    assert not Upload.objects.exists()
    assert not list(tmp_path.glob("uploads/*"))


def test_columns_that_are_not_named_are_asked_for(mei: Client) -> None:
    address = brought(mei)
    for missing in ("order", "time", "product", "total"):
        page = mei.post(address, {**COLUMNS, missing: "", "do": "keep"})
        assert f'id="{missing}-fault"' in page.content.decode(), missing
    assert Upload.objects.get().state == Upload.NEW
    assert 'id="order-fault"' in mei.post(address, {**COLUMNS, "order": "no such column"}).content.decode()


@pytest.mark.parametrize("encoding", ["idna", "utf-16", "base64", "no such"])
def test_an_encoding_that_is_not_offered_is_refused(mei: Client, encoding: str) -> None:
    answer = mei.post(brought(mei), {**COLUMNS, "encoding": encoding, "do": "keep"})
    assert "Choose one of these encodings" in text(answer.content)
    assert Upload.objects.get().state == Upload.NEW


def test_a_file_that_is_gone_is_asked_for_again(mei: Client) -> None:
    address = brought(mei)
    assert "Name the columns" in text(mei.get(address.removesuffix("/columns")).content)
    path_of(Upload.objects.get()).unlink()
    page = mei.get(address, follow=True)
    assert "The file is no longer there" in text(page.content)
    assert f'<a class="button is-main" href="{IMPORTS}">Upload it again' in page.content.decode()
    assert "Name the columns" not in text(page.content)


def test_a_file_that_failed_is_told_of_until_it_is_brought_in_again(mei: Client) -> None:
    run = brought(mei).removesuffix("/columns")
    assert "february.csv failed" not in text(mei.get(TODAY).content)
    Upload.objects.update(state=Upload.FAILED)
    page = mei.get(TODAY)
    assert "The import of february.csv failed" in text(page.content)
    assert f'href="{run}"' in page.content.decode()
    brought(mei)
    assert "february.csv failed" not in text(mei.get(TODAY).content)


def test_what_is_at_work_was_not_left_unfinished(mei: Client, teahouse: Published) -> None:
    run = begin_import(teahouse.id, "march.csv", "x", "y")
    ImportRun.objects.update(started_at=Now() - timedelta(minutes=40))
    assert "march.csv" not in text(mei.get(TODAY).content)
    run.parts.update(heard_at=Now() - timedelta(minutes=31))
    assert "The import of march.csv was left unfinished" in text(mei.get(TODAY).content)
    take_batch(teahouse, run.pk, 0, 0, Batch([], [], []), now(teahouse))
    assert "march.csv" not in text(mei.get(TODAY).content)


def test_what_cannot_be_read_says_why(mei: Client) -> None:
    address = brought(mei)
    shown = text(mei.post(address, {**COLUMNS, "source": "No Such Source"}).content)
    assert "lower-case letters" in shown
    assert "Choose a column" in text(mei.post(brought(mei, "a,b\n1,2\n"), COLUMNS).content)


@pytest.mark.parametrize("encoding", ["big5", "gb18030", "utf-8-sig"])
def test_files_of_other_encodings_are_read(mei: Client, encoding: str) -> None:
    content = CONTENT if encoding != "gb18030" else CONTENT.replace("訂單編號", "订单编号")
    page = mei.get(brought(mei, content.encode(encoding))).content.decode()
    assert "付款時間" in page


def test_ndjson_and_semicolons_are_recognised(mei: Client) -> None:
    page = mei.get(brought(mei, '{"order_id": "A", "date": "2026-01-01", "sku": "T", "total": "5"}\n', "a.ndjson"))
    assert '<option value="order_id" selected>' in page.content.decode()
    page = mei.get(brought(mei, "Order ID;Date;SKU;Total\nA;2026-01-01;T;5\n"))
    assert '<option value="Order ID" selected>' in page.content.decode()


def test_another_programs_file_is_not_found(mei: Client) -> None:
    brought(mei)
    other = Upload.objects.get()
    for part in ("", "/columns", "/progress", "/rejects"):
        assert mei.get(f"{IMPORTS}/{other.pk + 1}{part}").status_code == 404


def test_pages_ask_little_of_the_database(mei: Client) -> None:
    for _time in range(4):
        address = brought(mei)
        mei.post(address, {**COLUMNS, "do": "keep"})
        take_in(Upload.objects.latest("pk").pk)
    for page in (IMPORTS, address.removesuffix("/columns")):
        with CaptureQueriesContext(connection) as asked:
            assert mei.get(page).status_code == 200
        assert len(asked) <= QUERIES, (page, len(asked))


@pytest.mark.parametrize("announce", ["", "yes"])
def test_whether_members_hear_of_it_is_asked_and_kept_with_the_file(mei: Client, announce: str) -> None:
    address = brought(mei)
    looked = mei.post(address, COLUMNS | {"announce": announce}).content.decode()
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', looked))
    assert sent.get("announce", "") == announce
    assert ("Nobody is written to" in looked, "get their gifts." in looked) == (not announce, bool(announce))
    mei.post(address, COLUMNS | {"announce": sent.get("announce", ""), "do": "keep"})
    assert Upload.objects.get().mapping.get("announce", "") == ("true" if announce else "")
