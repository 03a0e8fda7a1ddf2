"""Which currencies are in use, by ISO 4217, and which one people mean who write it otherwise."""

from functools import cache

from babel.core import get_global
from babel.numbers import get_territory_currencies

# As people say them; a country's two letters mean its currency, too.
_SAID = {
    **dict.fromkeys(("RMB", "CNH", "YUAN", "人民幣", "人民币"), "CNY"),
    **dict.fromkeys(("NT", "NT$", "NTD", "TW$", "台幣", "臺幣", "新台幣", "新臺幣", "台币", "新台币"), "TWD"),
    **dict.fromkeys(("HK$", "港幣", "港币"), "HKD"),
    **dict.fromkeys(("MO$", "MOP$", "澳門幣", "澳门币"), "MOP"),
    **dict.fromkeys(("SG$", "S$"), "SGD"),
    **dict.fromkeys(("$", "US$", "DOLLAR", "美元", "美金"), "USD"),
    **dict.fromkeys(("JPN", "YEN", "日圓", "日元", "日幣", "日币"), "JPY"),
    **dict.fromkeys(("EURO", "€"), "EUR"),
    **dict.fromkeys(("GBR", "POUND", "UKP", "£"), "GBP"),
    **dict.fromkeys(("WON", "₩"), "KRW"),
    **dict.fromkeys(("RM",), "MYR"),
}


@cache
def in_use() -> frozenset[str]:
    """What is paid with somewhere today."""
    return frozenset(
        code for country in get_global("territory_currencies") for code in get_territory_currencies(country)
    )


def meant_currency(said: str) -> str:
    """ "CNY" of "RMB", "HKD" of "HK", "TWD" of "twd"; "" where nobody can tell."""
    word = said.strip().upper()
    if word in in_use():
        return word
    of_country = get_territory_currencies("GB" if word == "UK" else word) if len(word) == 2 and word.isascii() else []
    return _SAID.get(word) or next(iter(of_country), "")
