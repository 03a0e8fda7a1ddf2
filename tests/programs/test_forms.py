"""A document as a form: every word has a field, and what fields say makes the same document as text does."""

from importlib.resources import files

import pytest
from django.utils import translation

from regulars.programs.canonical import canonical
from regulars.programs.canonical.editing import edited
from regulars.programs.document import DocumentRefused, draft
from regulars.programs.forms import Field, Section, filled, form, form_values, said_in, with_thing
from regulars.programs.marking import at_fields, first_fault, marked, place
from regulars.programs.tree import Unreadable

TEA_HOUSE = files("regulars.programs.presets").joinpath("tea-house.yaml").read_text()


def section(path: str, text: str = TEA_HOUSE) -> Section:
    return next(part for part in form(text).sections if part.path == path)


def field(path: str, text: str = TEA_HOUSE) -> Field:
    found = form(text)
    cards = [found.general, *(card for part in found.sections for card in part.cards)]
    cards += [below for card in cards for part in card.cards for below in part.cards]
    return next(one for card in cards for one in [*card.said, *card.unsaid] if one.path == path)


def test_every_word_that_is_said_stands_in_a_field() -> None:
    """Said anew word by word, in canonical form, it is the same document."""
    values = form_values(TEA_HOUSE)
    assert edited(TEA_HOUSE, {path: value for path, value in values.items() if value}) == canonical(TEA_HOUSE)
    assert values["earn[0].give"] == "1 point per 100 TWD"
    assert values["earn[1].when"] == "{category: [oolong, black-tea]}"
    assert values["tiers[0].levels[1].reach"] == "10000"
    assert values["tiers[0].levels[1].name.zh-Hant"] == "銀葉"
    assert values["wallets.points.spend.at_least"] == ""


def test_a_field_knows_what_it_may_be_and_what_stays() -> None:
    assert field("multipliers").choices == ("add", "best", "multiply")
    assert field("enrolment").choices == ("explicit", "first order")
    joining = TEA_HOUSE.replace("earn:\n", "enrolment: {spend: 500 TWD}\nearn:\n", 1)
    assert field("enrolment.spend", joining).value == "500 TWD"
    assert field("currency").fixed
    assert "currency" not in form_values(TEA_HOUSE)
    assert field("earn[0].name.zh-Hans").tag == "zh-Hans"


@pytest.mark.parametrize(
    ("path", "name", "said"),
    [
        ("earn", "extra", {"earn[{}].give": "5 points", "earn[{}].when": "{order_at_least: 100 TWD}"}),
        ("wallets", "stars", {}),
        ("wallets", "Stars, silver", {}),
        ("coupons", "Autumn welcome", {"coupons[{}].gives": "{discount: 5 TWD}", "coupons[{}].code": "AUTUMN"}),
        ("rewards", "mug", {"rewards[{}].costs": "50 points", "rewards[{}].gives": "{product: MUG-1}"}),
        ("caps", "day", {"caps[{}].at_most": "500", "caps[{}].per": "day", "caps[{}].rules": "base"}),
    ],
)
def test_one_more_thing_is_named_and_then_filled_in(path: str, name: str, said: dict[str, str]) -> None:
    values = form_values(TEA_HOUSE)
    place = len({word.split(".")[0] for word in values if word.startswith(f"{path}[")})
    more = with_thing(TEA_HOUSE, path, name)
    filled_in = edited(more, {word.format(place): value for word, value in said.items()})
    assert draft(filled_in).version.slug == "tea-house"
    assert name in str(form_values(filled_in).values())


def test_the_name_that_was_typed_is_what_people_call_it() -> None:
    with translation.override("zh-hant"):
        more = with_thing(with_thing(TEA_HOUSE, "coupons", "Autumn welcome"), "coupons", "Autumn welcome")
        more = with_thing(more, "coupons", "秋季歡迎")
        assert [card.title for card in section("coupons", more).cards[1:]] == ["Autumn welcome"] * 2 + ["秋季歡迎"]
    assert field("coupons[1].name.zh-Hant", more).value == "Autumn welcome"
    assert [card.name for card in section("coupons", more).cards[1:]] == [
        "autumn-welcome",
        "autumn-welcome-2",
        "秋季歡迎",
    ]
    again = with_thing(TEA_HOUSE, "wallets", "Points")
    assert field("wallets.points-2.unit", again).value == "{en: Points}"
    assert field("wallets.points.unit", again).value == field("wallets.points.unit").value


@pytest.mark.parametrize(
    ("path", "example"),
    [("coupons[1].gives", "{discount: 150 TWD}"), ("coupons[1].code", "SPRING")],
)
def test_what_a_new_thing_needs_stands_outside_with_an_example(path: str, example: str) -> None:
    card = section("coupons", with_thing(TEA_HOUSE, "coupons", "Autumn welcome")).cards[1]
    assert next(one.example for one in card.said if one.path == path) == example
    by_batch = edited(with_thing(TEA_HOUSE, "coupons", "Autumn welcome"), {"coupons[1].codes": "batch"})
    assert "coupons[1].code" not in [one.path for one in section("coupons", by_batch).cards[1].said]
    assert "coupons[0].code" in [one.path for one in section("coupons").cards[0].said]


def test_a_new_rule_asks_for_what_it_gives() -> None:
    more = with_thing(TEA_HOUSE, "earn", "Autumn")
    rule = section("earn", more).cards[-1]
    assert [one.example for one in rule.said if one.path == f"{rule.path}.give"] == ["1 point per 30 TWD"]
    with pytest.raises(DocumentRefused) as refused:
        draft(more)
    assert [one.path for one in at_fields(form(more), refused.value.problems)] == [f"{rule.path}.give"]


def test_a_part_is_understood_without_its_braces() -> None:
    more = with_thing(TEA_HOUSE, "coupons", "Autumn welcome")
    typed = {"coupons[1].gives": "discount: 5 TWD", "coupons[1].code": "AUTUMN", "earn[0].when": "tier: gold"}
    said = said_in(more, typed)
    assert said["coupons[1].gives"] == "{discount: 5 TWD}"
    assert said["earn[0].when"] == "{tier: gold}"
    draft(edited(more, said))
    wrong = edited(more, said_in(more, typed | {"coupons[1].gives": "$5 off"}))
    with pytest.raises(DocumentRefused) as refused:
        draft(wrong)
    [problem] = at_fields(form(wrong), refused.value.problems)
    assert problem.message == "it is written as in {discount: 150 TWD}"


def test_menus_names_and_phrases_are_in_the_language_of_the_reader() -> None:
    with translation.override("zh-hant"):
        assert field("multipliers").options == [("add", "相加"), ("best", "只取最高"), ("multiply", "相乘")]
        assert field("earn[0].give").reads == "每 $100 得 1 點"
        earn = next(part for part in form(TEA_HOUSE).sections if part.path == "earn")
        assert (earn.cards[0].title, earn.cards[0].name) == ("消費積點", "base")


def test_what_is_wrong_stands_at_its_field() -> None:
    found = marked(form(TEA_HOUSE), {"earn[1].when.category": "nothing is called so", "tiers": "of no field"})
    assert first_fault(found) == "earn[1].when"
    earn = next(part for part in found.sections if part.path == "earn")
    assert [card.is_faulty for card in earn.cards[:2]] == [False, True]
    assert first_fault(marked(found, {})) == ""


SOMETHING_MISSING = TEA_HOUSE.replace("coupons:\n", "coupons:\n  - {coupon: spring, codes: public}\n")


def test_what_is_missing_is_wrong_with_its_field_and_an_example_is_in_the_shop_s_own_money() -> None:
    assert field("coupons[0].gives", SOMETHING_MISSING).example == "{discount: 150 TWD}"
    assert field("coupons[0].gives", SOMETHING_MISSING.replace("currency: TWD", "currency: CNY")).example == (
        "{discount: 35 CNY}"
    )
    with translation.override("zh-hant"), pytest.raises(DocumentRefused) as refused:
        draft(SOMETHING_MISSING)
    with translation.override("zh-hant"):
        [problem] = at_fields(form(SOMETHING_MISSING), refused.value.problems)
    assert (problem.path, problem.message) == ("coupons[0].gives", "這一項不可缺少")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("coupons[0]", "優惠券「spring」"),
        ("earn[1].when.category", "規則「烏龍與紅茶雙倍」 · 條件 · 類別"),
        ("tiers[0].levels[1].reach", "等級「銀葉」 · 升級門檻"),
        ("currency", "幣別"),
        ("tiers", "等級組"),
    ],
)
def test_a_place_is_told_in_the_words_of_the_reader(path: str, words: str) -> None:
    with translation.override("zh-hant"):
        assert place(form(SOMETHING_MISSING), path).words == words


def test_what_a_document_calls_its_things_is_known_while_something_is_wrong_with_it() -> None:
    with translation.override("zh-hant"):
        assert field("earn[0].give", SOMETHING_MISSING).reads == "每 $100 得 1 點"
        assert field("earn[1].multiply", SOMETHING_MISSING).reads == "消費積點 × 2"
        assert field("tiers[0].levels[1].reach", SOMETHING_MISSING).reads == "$10,000"


def test_what_was_typed_stays_in_the_form() -> None:
    typed = filled(form(TEA_HOUSE), {"earn[0].give": "1 point each"})
    earn = next(part for part in typed.sections if part.path == "earn")
    assert [one.value for one in earn.cards[0].said if one.path == "earn[0].give"] == ["1 point each"]


def test_what_is_no_tree_is_no_form() -> None:
    with pytest.raises(Unreadable):
        form("earn: [")
