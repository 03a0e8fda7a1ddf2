"""Mapping files are read strictly, and everything wrong with one is said at once."""

import pytest
from django.utils.translation import override

from regulars.intake.mappings import HERE, found_mapping
from regulars.intake.reading.faults import Unreadable
from regulars.intake.reading.mapping import mapping_of, read_mapping
from tests.intake.shop import MAPPINGS

GOOD = {"source": "shop", "columns": {"order": "id", "time": "at", "product": "sku", "total": "total"}}


def faults(found):
    with pytest.raises(Unreadable) as refused:
        mapping_of(found)
    return {fault.path: fault.message for fault in refused.value.faults}


@pytest.mark.parametrize("path", [*HERE.glob("*.yaml"), *MAPPINGS.glob("*.yaml")], ids=lambda path: path.stem)
def test_our_own_mappings_are_good(path):
    assert read_mapping(path).source


def test_a_name_finds_ours_and_a_path_what_lies_there(tmp_path):
    assert found_mapping("made") == HERE / "made.yaml"
    assert found_mapping("../demo").name == "demo"
    (tmp_path / "made").write_text("x")
    assert found_mapping(str(tmp_path / "made")) == tmp_path / "made"


def test_everything_wrong_is_said_at_once():
    said = faults(
        {
            "sauce": "x",
            "columns": {"order": "id", "time": ["a"], "colour": "c"},
            "csv": "semicolon",
            "leave_out": [{"name": "fees", "when": {"sku": {"one_of": "POST"}}}, {"when": {}}],
            "refunds": {"when": {"id": {"begins": "C"}}},
        }
    )
    assert set(said) == {
        "sauce",
        "source",
        "columns.time",
        "columns.colour",
        "columns.product",
        "csv",
        "leave_out[0].when.sku.one_of",
        "leave_out[1].name",
        "refunds.when.id.begins",
    }


@pytest.mark.parametrize(
    ("path", "found", "said"),
    [
        ("columns.order", {"a": "b"}, "此處需要一個值，或一串值"),
        ("columns.order", [], "至少指定一個欄位"),
        ("columns.time", ["at"], "此處只能填一個值"),
        ("columns.discount", "off", "此處需要一串值，例如 [A, B]"),
        ("announce", "perhaps", "此處需要 true 或 false"),
        ("refunds.when", "id", "此處需要一組鍵"),
    ],
)
def test_what_is_needed_instead_is_said_in_the_readers_words(path, found, said):
    *groups, name = path.split(".")
    wrong = {**GOOD, "columns": dict(GOOD["columns"])}
    place = wrong
    for group in groups:
        place = place.setdefault(group, {})
    place[name] = found
    with override("zh-hant"):
        assert faults(wrong) == {path: said}


def test_what_types_cannot_say_is_said_at_once_too():
    said = faults(
        {
            "source": "My Shop",
            "columns": {"order": "id", "time": "at", "product": "sku"},
            "time_zone": "Mars/Olympus",
            "encoding": "hex",
            "decimal": ";",
            "thousands": "x",
            "money": "euros",
            "csv": {"delimiter": "::"},
            "refunds": {"when": {}},
            "leave_out": [{"name": "a", "when": {"qty": {}, "price": {"below": "cheap"}}}],
        }
    )
    assert set(said) == {
        "source",
        "columns",
        "time_zone",
        "encoding",
        "decimal",
        "thousands",
        "money",
        "csv.delimiter",
        "refunds.when",
        "leave_out[0].when.qty",
        "leave_out[0].when.price.below",
    }


def test_the_same_sign_cannot_be_decimal_and_thousands():
    assert set(faults({**GOOD, "decimal": ",", "thousands": ","})) == {"thousands"}


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "source: [", "source: a\nsource: b\n", "a: &x 1\nb: *x\n"])
def test_what_is_no_mapping_at_all(tmp_path, text):
    path = tmp_path / "m.yaml"
    path.write_text(text)
    with pytest.raises(Unreadable):
        read_mapping(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(Unreadable, match=r"nothing\.yaml"):
        read_mapping(tmp_path / "nothing.yaml")


def test_words_stay_words(tmp_path):
    path = tmp_path / "m.yaml"
    path.write_text("source: no\ncolumns: {order: 1_000, time: 14:00, product: NO, total: on}\n")
    found = read_mapping(path)
    assert (found.source, found.columns.order, found.columns.time, found.columns.product) == (
        "no",
        "1_000",
        "14:00",
        "NO",
    )


def test_the_fingerprint_does_not_depend_on_how_it_is_written(tmp_path):
    one, two, three = tmp_path / "1.yaml", tmp_path / "2.yaml", tmp_path / "3.yaml"
    one.write_text("source: a\ncolumns: {order: i, time: t, product: p, total: x}\n")
    two.write_text("# the same\ncolumns:\n  {total: x, order: i, product: p, time: t}\nsource: 'a'\n")
    three.write_text("source: a\nmoney: minor\ncolumns: {order: i, time: t, product: p, total: x}\n")
    assert read_mapping(one).fingerprint() == read_mapping(two).fingerprint() != read_mapping(three).fingerprint()
