"""Program documents as text: nothing is guessed, nothing is said twice, and every place has its line."""

import pytest

from regulars.programs.problems import said as sentence_of
from regulars.programs.tree import DEPTH_LIMIT, SIZE_LIMIT, Unreadable, grown


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("on: order", {"on": "order"}),
        ("hours: 14:00", {"hours": "14:00"}),
        ("country: NO", {"country": "NO"}),
        ("limit: 1_000", {"limit": "1_000"}),
        ("from: 2017-10-01", {"from": "2017-10-01"}),
        ("factor: 1.50", {"factor": "1.50"}),
        ("octal: 017", {"octal": "017"}),
        ("nothing:", {"nothing": ""}),
        ("tilde: ~", {"tilde": "~"}),
        ("a: 'it''s'", {"a": "it's"}),
        ("a: [x, {b: y}]", {"a": ["x", {"b": "y"}]}),
        ('{"json": [1, true, null]}', {"json": ["1", "true", "null"]}),
        ("<<: {a: b}", {"<<": {"a": "b"}}),
    ],
)
def test_every_scalar_stays_as_it_is_written(written: str, read: object) -> None:
    assert grown(written).tree == read


def test_every_place_has_its_line() -> None:
    source = grown("a: 1\nb:\n  - c: 2\n    d: 3\n  - e\n")
    assert source.lines == {"": 1, "a": 1, "b": 2, "b[0]": 3, "b[0].c": 3, "b[0].d": 4, "b[1]": 5}


@pytest.mark.parametrize(
    ("written", "line", "path", "said"),
    [
        ("a: 1\nb: 2\na: 3", 3, "a", "said already in line 1"),
        ("a: &x 1\nb: *x", 1, "a", "anchors are not allowed"),
        ("b: *x", 1, "b", "aliases are not allowed"),
        ("a: !!int 1", 1, "a", "tags are not allowed"),
        ("a: !ruby/object {}", 1, "a", "tags are not allowed"),
        ("[a]: b", 1, "", "a name is needed before the colon"),
        ("a: 1\n---\nb: 2", 2, "", "one file holds one document"),
        ("", 1, "", "empty"),
        ("a: [1", 1, "", "not YAML"),
        ("a: b: c", 1, "", "not YAML"),
        ("a: \x00", 1, "", "not YAML"),
        ("a: " + "[" * (DEPTH_LIMIT + 1) + "]" * (DEPTH_LIMIT + 1), 1, "a" + "[0]" * DEPTH_LIMIT, "levels"),
        ("a: " + "x" * SIZE_LIMIT, 1, "", "at most 200,000 characters"),
    ],
)
def test_what_could_mean_two_things_is_refused(written: str, line: int, path: str, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        grown(written)
    problem = refused.value.problem
    assert (refused.value.line, problem.path) == (line, path)
    assert said in sentence_of(problem)
