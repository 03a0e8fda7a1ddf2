"""Three languages: no page keeps a word of another one."""

import html
import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import translation

from regulars.access.permissions import SCOPES
from regulars.console.definitions import DEFINITIONS
from regulars.insight.actions import refresh_lake
from regulars.ledger.connect import raw, rows
from tests.console.conftest import signed_in
from tests.console.pages import text
from tests.fullhouse import NO_PAGES, open_full_house, pages, visitor_of, visitors

pytestmark = pytest.mark.django_db(transaction=True)
# Names of things that are called so in every language.
SAME = {
    *("API", "Amazon", "Big", "CSV", "Code", "Content-Length", "English", "Enter", "Esc", "GB", "HTTPS", "JSON"),
    *("Idempotency-Key", "MB"),
    *("NDJSON", "OpenAPI", "PIN", "Parquet", "Plus", "Prime", "QR", "RFM", "Regulars", "SHA-", "UTF-", "Windows-"),
    *("NT", "TWD", "Asia/Taipei"),
    # What is typed in a terminal.
    *("FILE", "MAPPING", "fit", "import", "mapping", "orders", "regulars"),
    # What keys may do is a vocabulary, shown beside its words.
    *(word for scope in SCOPES for word in re.findall("[a-z]+", scope)),
}
# What the tea house calls its goods and places, and who works there.
OF_THE_SHOP = {
    *("A-", "B-", "CAKE-", "FIRSTCUP", "G-", "MUSEUM", "N-", "OOL-", "SPRING", "TEA-SAMPLER"),
    *("black-tea", "cake", "coupons", "cups", "garden-day", "green-tea", "museum", "oolong", "spring-tasting", "wheel"),
    *("Anna", "Chen", "Dihua", "Lin", "Mei", "Mei’s", "Street", "anna", "lin", "mei", "phone", "shop", "test", "till"),
    *("store", "web", "march.csv", "Customer", "Date", "ID", "Order", "Qty", "SKU", "Total", "never"),
}
# What these wrote.
SENTENCES = re.compile(
    r"Goods come back|Somebody joins and buys|Often here|More silver members|prefers to be called on Mondays|both cards"
    r"|(the parcel )?came late|given twice|delivery of 3 March|parcel 7"
)
CODE = re.compile(
    r"rk_\w+|\b([0-9A-Z]{4} ){7}[0-9A-Z]{4}\b|[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2,4}(-[0-9A-Z]+)?|\b(MUSEUM|SPRING)-\S+"
)
# What was written by the shop, for programs, or in another language on purpose.
WRITTEN = re.compile(r'<(textarea|pre|code|kbd)\b.*?</\1>|<[a-z]+ [^>]*lang="[^>]*>[^<]*', re.DOTALL)
HEARD = re.compile(r'(?:aria-label|placeholder|title|alt)="([^"]*)"')
NUMBER = re.compile(r"\S+@example\.\w+|\d+-\d+|\b[0-9a-f]{6,}\b")
# Names of people are as they are.
SURNAMES = "陳林黃張李王吳劉蔡楊許鄭謝洪郭邱曾廖賴徐"
WRITTEN_BY_THE_SHOP = re.compile(rf"[{SURNAMES}]\S\S|\b[{SURNAMES}]\b")
WORD = re.compile(r"[A-Za-z][A-Za-z/.'’-]+")
# What each script is written with, by the standards that know only the one.
SIGNS = {"zh-hans": "gb2312", "zh-hant": "big5"}
IDEOGRAPH = re.compile("[\u4e00-\u9fff]")


def addresses() -> Iterator[tuple[str, str]]:
    """(who opens it, address) of every page, and of what a route shows otherwise where there is more than one."""
    place = "/programs/tea-house/"
    yield from ((visitor_of(route), url) for route, url in pages().items() if _is_read(route))
    [(member,)] = rows(raw(), "SELECT member_id FROM rewards_checkout WHERE state = 'held'")
    others = [f"{place}figures/{definition}" for definition in DEFINITIONS]
    others += [
        f"{place}rewards/of/{name}" for name in ("tea-sampler", "cake-on-us", "hundred-off", "tasting", "museum")
    ]
    others += [f"{place}rewards/issued/{number}" for (number,) in rows(raw(), "SELECT id FROM rewards_issued")]
    for (number,) in rows(raw(), "SELECT id FROM rewards_checkout"):
        others += [f"{place}rewards/checkouts/{number}", f"{place}rewards/checkouts/{number}/void"]
    others += [f"{place}rewards/codes/{number}" for (number,) in rows(raw(), "SELECT id FROM rewards_batch")]
    others += [f"{place}rewards/coupons/{name}" for name in ("first-cup", "friend")]
    others += [f"{place}members?search=nobody", f"{place}members/{member}/rewards", "/no/such/page"]
    yield from (("staff", url) for url in others)


def _is_read(route: str) -> bool:
    """The page of the design names its parts as the style sheets do."""
    return not NO_PAGES.search(route) and route != "design"


def said(content: bytes) -> str:
    """What the page says, also to those who hear it; without what people and programs have written."""
    page = WRITTEN.sub(" ", content.decode())
    heard = " ".join(html.unescape(found) for found in HEARD.findall(page))
    shown = SENTENCES.sub(" ", f"{text(page.encode())} {heard}")
    return NUMBER.sub(" ", CODE.sub(" ", shown))


def foreign(shown: str, language: str) -> str:
    """The signs of the other script."""
    signs = "".join(IDEOGRAPH.findall(shown))
    known = {*signs.encode(SIGNS[language], "ignore").decode(SIGNS[language])}
    return "".join(sorted({*signs} - known))


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_chinese_pages_are_chinese_throughout(language: str) -> None:
    """In the words and in the signs of the reader; whoever adds a name of the shop's to the house adds it above."""
    refresh_lake(open_full_house())
    opened = visitors(signed_in("owner", "lin"), signed_in("owner", "mei"))
    wrong = []
    for visitor, url in addresses():
        shown = said(opened[visitor].get(url, headers={"accept-language": language}).content)
        english = sorted({word for word in WORD.findall(shown) if word not in SAME | OF_THE_SHOP})
        mixed = foreign(WRITTEN_BY_THE_SHOP.sub(" ", shown), language)
        wrong += [f"{url}: {english} {mixed}"] if english or mixed else []
    assert not wrong, "\n".join(wrong)


def test_the_two_chinese_scripts_are_not_mixed() -> None:
    """Texts of the console; the shop's own names are as the shop writes them."""
    for language in SIGNS:
        with translation.override(language):
            for definition in DEFINITIONS.values():
                spoken = f"{definition.name}{definition.sentence}{definition.above}{definition.below}"
                assert not foreign(spoken, language), (language, spoken)


def test_whoever_chooses_a_language_keeps_it(owner: Client) -> None:
    owner.post("/i18n/setlang/", {"language": "zh-hant", "next": "/theme"})
    assert owner.cookies["django_language"].value == "zh-hant"
