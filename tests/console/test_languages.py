"""Three languages: no page keeps a word of another one."""

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
from tests.rewarded import open_rewarded
from tests.teahouse import DOCUMENT, open_teahouse

pytestmark = pytest.mark.django_db(transaction=True)
# Names, codes and data: the same in every language.
SAME = {
    *(
        "API",
        "Amazon",
        "Prime",
        "Plus",
        "Asia/Taipei",
        "CSV",
        "English",
        "Esc",
        "FILE",
        "NT",
        "Regulars",
        "TWD",
        "demo",
        "import",
        "orders",
        "regulars",
    ),
    *("MB", "NDJSON", "Parquet", "owner"),
    # What keys may do is a vocabulary, shown beside its words.
    *(word for scope in SCOPES for word in re.findall("[a-z]+", scope)),
    *("Dihua", "Street", "store", "web", "till", "oolong", "black-tea", "green-tea", "cups", "cake", "test", "Owner"),
}
# What the tea house calls its goods, and what its staff wrote.
OF_THE_SHOP = {
    *("TEA-SAMPLER", "FIRSTCUP", "MUSEUM", "SPRING", "museum", "spring-tasting", "garden-day", "QR", "MB"),
    *("parcel", "came", "late", "given", "twice", "delivery", "of", "March", "mei", "coupons", "rewards", "codes"),
}
CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2,4}(-[0-9A-Z]+)?|\b(MUSEUM|SPRING)-\S+")
NUMBER = re.compile(r"\S+@example.org|\d+-\d+|\b[0-9a-f]{6,}\b")
# Names of people are as they are.
WRITTEN_BY_THE_SHOP = re.compile(r"[陳林黃張李王吳劉蔡楊許鄭謝洪郭邱曾廖賴徐]\S\S")
WORD = re.compile(r"[A-Za-z][A-Za-z/.'’-]+")
# Characters that only one of the two scripts uses, out of words that every page has.
ONLY = {"zh-hans": re.compile("[會員點數級訂單]"), "zh-hant": re.compile("[会员点数级订单]")}


def addresses() -> Iterator[str]:
    place = "/programs/tea-house/"
    [(member,)] = rows(raw(), "SELECT member_id FROM ledger_account ORDER BY entry_seq DESC LIMIT 1")
    [(order,)] = rows(raw(), "SELECT key FROM ledger_order WHERE refunded_minor > 0 ORDER BY points DESC LIMIT 1")
    yield from (place, f"{place}members", f"{place}members/{member}", f"{place}orders", f"{place}orders/{order}")
    yield from (
        f"{place}orders/till/G-0",
        f"{place}returns/{order}?line-1=1",
        f"{place}members/{member}/adjust",
        f"{place}members/{member}/enter-order",
        f"{place}members/{member}/merge?search=1",
        f"{place}rewards/adjustments",
        f"{place}today",
        f"{place}imports",
        f"{place}settings",
        f"{place}settings/log",
        f"{place}settings/shop",
        f"{place}settings/staff",
        f"{place}program",
        f"{place}program/presets",
        f"{place}members?search=nobody",
        "/no/such/page",
    )
    yield from (f"{place}figures/{definition}" for definition in DEFINITIONS)


def reward_addresses() -> Iterator[str]:
    place = "/programs/tea-house/"
    [(member,)] = rows(raw(), "SELECT member_id FROM rewards_checkout WHERE state = 'held'")
    copies = rows(raw(), "SELECT id FROM rewards_issued ORDER BY id")
    checkouts = rows(raw(), "SELECT id FROM rewards_checkout ORDER BY id")
    batches = rows(raw(), "SELECT id FROM rewards_batch ORDER BY id")
    names = ("tea-sampler", "cake-on-us", "hundred-off", "tasting", "garden", "museum")
    yield from (f"{place}rewards", f"{place}rewards/issued", f"{place}rewards/codes", f"{place}rewards/approvals")
    yield from (f"{place}rewards/codes/new", f"{place}rewards/codes/find", f"{place}rewards/codes/bring-in")
    yield from (f"{place}members/{member}/rewards", f"{place}till", f"{place}till/{member}?amount=300")
    yield from (f"{place}rewards/of/{name}" for name in names)
    yield from (f"{place}rewards/coupons/{name}" for name in ("first-cup", "spring", "friend"))
    yield from (f"{place}rewards/issued/{number}" for (number,) in copies)
    yield from (f"{place}rewards/checkouts/{number}{verb}" for (number,) in checkouts for verb in ("", "/void"))
    yield from (f"{place}rewards/codes/{number}" for (number,) in batches)


def said(client: Client, address: str, language: str) -> str:
    """What the page says in this language, without the shop's own data."""
    content = client.get(address, headers={"accept-language": language}).content
    shown = text(content).replace(" ".join(DOCUMENT.split()), "").replace("Tea House Rewards", "")
    return re.sub(r"\S+@example.org|\d+-\d+|[A-Z]+-\d+|\b[0-9a-f]{6,}\b|\(E − N\) / S|\([SEN−\s]+\)", " ", shown)


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_chinese_pages_are_chinese_throughout(language: str) -> None:
    refresh_lake(open_teahouse(24))
    client = signed_in("owner")
    for address in addresses():
        shown = said(client, address, language)
        english = [word for word in WORD.findall(shown) if word not in SAME]
        assert not english, (address, english)


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_pages_about_rewards_are_chinese_throughout(language: str) -> None:
    open_rewarded(16)
    client = signed_in("owner")
    for address in reward_addresses():
        content = client.get(address, headers={"accept-language": language}).content
        shown = NUMBER.sub(" ", CODE.sub(" ", text(content)))
        english = [word for word in WORD.findall(shown) if word not in SAME | OF_THE_SHOP]
        assert not english, (address, english)
        assert not ONLY[language].search(WRITTEN_BY_THE_SHOP.sub(" ", shown)), address


def test_the_two_chinese_scripts_are_not_mixed() -> None:
    """Texts of the console; the shop's own names are as the shop writes them."""
    for language, foreign in ONLY.items():
        with translation.override(language):
            for definition in DEFINITIONS.values():
                spoken = f"{definition.name}{definition.sentence}{definition.above}{definition.below}"
                assert not set(foreign.findall(spoken)) - set("数"), (language, spoken)


def test_whoever_chooses_a_language_keeps_it(owner: Client) -> None:
    owner.post("/i18n/setlang/", {"language": "zh-hant", "next": "/theme"})
    assert owner.cookies["django_language"].value == "zh-hant"
