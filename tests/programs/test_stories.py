"""Stories: what they can tell, what they expect, and how one that does not hold is shown."""

from pathlib import Path
from typing import Any

import pytest

from regulars.programs.stories.reading import StoryRefused, read
from regulars.programs.stories.telling import Verdict, check, told
from regulars.programs.tree import grown

# ruff: noqa: E501 (steps are easier to read in one line)

HEAD = """\
program:
  program: tea-house
  timezone: Asia/Taipei
  currency: TWD
  wallets:
    points: {pending: 7 days, expires: "12 months, end of month"}
  tiers:
    - set: status
      levels: [{tier: member}, {tier: silver, reach: 1000, retain: 500}]
  earn:
    - {rule: base, give: 1 point per 100 TWD}
    - {rule: double-tea, when: {category: oolong}, multiply: {base: 2}}
    - {rule: welcome, on: enrolment, give: 100 points}
member: {id: lin}
story:
  - {at: 2026-01-05 09:00, enrol: {channel: web}, expect: {points: 100, tier: member, announced: member.enrolled}}
"""
ORDER = """\
  - at: 2026-01-10 15:00
    order: {id: A-1, lines: [{sku: OOL-1, category: oolong, quantity: 2, price: "499"}, {sku: CUP-1, total: "350"}]}
"""


PLAIN = """\
program:
  program: x
  timezone: Asia/Taipei
  currency: TWD
  wallets: {points: {expires: 12 months}}
  earn:
    - {rule: base, give: 1 point per 100 TWD}
    - {rule: b, on: birthday, give: 10 points}
    - {rule: tea, when: {category: tea}, give: 5 points, limit: once, funded_by: farm}
  benefits: [{benefit: lounge, when: {plan: plus}}]
member: {id: a, birthday: 03-05}
others: [{id: bob}]
story:
  - {at: 2026-03-02 09:00, enrol: {}}
"""


def verdict(steps: str, head: str = HEAD) -> Verdict:
    return told("a.story.yaml", head + steps, Path("nowhere"))


def differences(steps: str) -> list[tuple[str, str, str]]:
    """(what, expected, found) of the step that fails."""
    found = verdict(steps)
    assert not found.problems, found.problems
    assert found.failure is not None
    return [(one.what, one.expected, one.found) for one in found.failure.differences]


def problems(text: str) -> list[str]:
    with pytest.raises(StoryRefused) as refused:
        read(text, nothing)
    return [str(problem) for problem in refused.value.problems]


def nothing(path: str) -> str:
    raise FileNotFoundError(path)


STEPS = {
    "an order earns": ORDER
    + "    expect: {points: {available: 100, pending: 22}, why: [base, double-tea], orders: 1}\n",
    "entries may be told in part": ORDER
    + "    expect: {why: [base 13, double-tea 9], entries: [{rule: base, points: 13, to: pending}, {points: 9}]}\n",
    "time alone": ORDER + "  - {wait: 7 days, expect: {points: 122, why: mature, growth: 1348, tier: silver}}\n",
    "minutes": ORDER + "  - {wait: 90 minutes, expect: {points: {pending: 22}, why: []}}\n",
    "a refund": ORDER
    + "  - {wait: 8 days}\n"
    + "  - {refund: {order: A-1, lines: [{line: 1}]}, expect: {points: 112, why: [base, double-tea], tier: member}}\n",
    "a refund of everything": ORDER
    + "  - {wait: 1 day, refund: {order: A-1, lines: everything}, expect: {points: {pending: 0}, orders: 0}}\n",
    "a refund that waits for its order": "  - {wait: 1 day, refund: {order: A-1, refund: R-1, lines: [{line: 1, quantity: 2}]}}\n"
    + ORDER.replace("2026-01-10", "2026-01-20")
    + "    expect: {points: {pending: 3}}\n",
    "a refund in money": ORDER
    + "  - {wait: 1 day, refund: {order: A-1, lines: [{line: 2, total: 100}]}, expect: {spend: 1248}}\n",
    "an edit": ORDER
    + "  - {wait: 1 day, edit: {order: A-1, lines: [{sku: CUP-1, total: 350}]}, expect: {points: {pending: 3}}}\n",
    "a cancellation": ORDER + "  - {wait: 1 day, cancel: A-1, expect: {points: {pending: 0}, orders: 0}}\n",
    "a repetition": ORDER + "  - {repeat: A-1, expect: {points: {available: 100, pending: 22}, why: []}}\n",
    "paid later": ORDER.replace("{id: A-1", "{id: A-1, paid: no")
    + "    expect: {points: {pending: 0}}\n  - {wait: 1 day, pay: A-1, expect: {points: {pending: 22}}}\n",
    "late, and what was written differs": ORDER
    + "  - {at: 2026-01-12, order: {id: B, lines: [{total: 100}]}, expect: {tier: member}}\n"
    + "  - {at: 2026-01-17, learned: 2026-01-19, order: {id: C, lines: [{total: 100}]}, expect: {points: {pending: 1}}}\n"
    + "  - {at: 2026-01-06, learned: 2026-01-19 00:01, order: {id: D, lines: [{total: 100}]}, expect: {why: [base, mature]}}\n",
    "a new version": ORDER
    + "  - {at: 2026-02-01, publish: {earn: [{rule: base, give: 5 points per 100 TWD}]}}\n"
    + "  - {wait: 1 hour, order: {id: B, lines: [{total: 200}]}, expect: {points: {pending: 10}}}\n"
    + "  - {refund: {order: A-1, lines: [{line: 2}]}, expect: {points: 118}}\n",
    "what an order may not be": ORDER
    + "  - {at: 2026-01-10 15:00, order: {id: A-1, lines: []}, refused: version_conflict, expect: {points: {pending: 22}}}\n",
    "an amount that came back of nothing": "  - {order: {id: A-1, lines: []}}\n"
    "  - {wait: 1 day, refund: {order: A-1, amount: 10}, refused: order_unknown}\n"
    "  - {edit: {order: A-1, lines: [{total: 100}]}, expect: {points: {pending: 1}}}\n"
    "  - {wait: 1 day, refund: {order: A-1, amount: 100}, expect: {points: {pending: 0}}}\n",
    "what is said": ORDER
    + "    expect: {says: ['2× on NT$998, at 1 point for every NT$100, adds 9 points'], explained: earn.multiply.part}\n",
    "progress": ORDER
    + "    expect: {progress: {growth: 0, waiting: 1348, next_tier: silver, missing: 1000, until: ''}}\n",
    "points are spent, and come back": "  - {redeem: {points: 30, id: R}, expect: {points: {available: 70, redeemed: 30}, why: redeem}}\n"
    "  - {restore: {redemption: R, points: 10}, expect: {points: 80}}\n"
    "  - {restore: {redemption: R, points: 30}, refused: more_than_left}\n"
    "  - {redeem: {points: 81}, refused: not_enough_points, expect: {points: 80, why: []}}\n",
    "a hold": "  - {hold: {points: 60, id: H}, expect: {points: {available: 40, held: 60}}}\n"
    "  - {hold: {points: 41}, refused: not_enough_points}\n"
    "  - {capture: H, expect: {points: {available: 40, held: 0}}}\n"
    "  - {release: H, refused: hold_closed}\n"
    "  - {hold: {points: 40, id: J, for: 30 minutes}}\n"
    "  - {wait: 30 minutes, expect: {points: {available: 40, held: 0}}}\n",
    "by hand": "  - {adjust: {points: -30, reason: mistake, actor: mei}, expect: {points: 70}}\n  - {adjust: {points: 5}, refused: reason_missing}\n  - {adjust: {points: 5, reason: mistake}, refused: actor_missing}\n",
    "a tier by hand": "  - {grant: {tier: silver}, expect: {tier: {status: silver}, progress: {status: {growth: 0}}}}\n",
    "expired points": "  - {at: 2027-02-01, expect: {points: {available: 0, expired: 100, issued: -100}}}\n",
}


@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS)
def test_what_a_story_can_tell(steps: str) -> None:
    found = verdict(steps)
    assert found.holds, found


def test_others_have_lives_of_their_own() -> None:
    head = HEAD.replace("member: {id: lin}", "member: {id: lin}\nothers: [{id: mei}]")
    steps = ORDER + "    member: mei\n    expect: {points: 0, orders: 1}\n  - {expect: {points: 100, orders: 0}}\n"
    assert verdict(steps, head).holds


def test_points_go_to_another_member() -> None:
    head = HEAD.replace("member: {id: lin}", "member: {id: lin}\nothers: [{id: mei}]")
    steps = (
        "  - {member: mei, enrol: {}}\n  - {transfer: {to: mei, points: 30}, expect: {points: 70}}\n"
        "  - {member: mei, expect: {points: 130}}\n  - {transfer: {to: mei, points: 71}, refused: not_enough_points}\n"
    )
    found = verdict(steps, head)
    assert found.holds, found


def test_a_reward_is_redeemed_by_its_name() -> None:
    head = HEAD.replace("member: {id", "  rewards: [{reward: cup, costs: 60 points}]\nmember: {id")
    found = verdict(
        "  - {redeem: {reward: cup}, expect: {points: 40}}\n  - {redeem: {reward: cup}, refused: not_enough_points}\n",
        head,
    )
    assert found.holds, found
    with pytest.raises(StoryRefused, match="'mug': a reward of this program is needed: cup"):
        read(head + "  - {redeem: {reward: mug}}\n", nothing)


def test_sentences_are_expected_in_the_storys_language() -> None:
    steps = ORDER + "    expect: {says: 享 2 倍}\n"
    assert verdict(steps, "language: zh-Hant\n" + HEAD).holds
    assert not verdict(steps).holds


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ("{points: 99}", ("points.available", "99", "100")),
        ("{points: {pending: 23}}", ("points.pending", "23", "22")),
        ("{tier: silver}", ("tier", "silver", "member")),
        ("{why: [base]}", ("why", "base", "base, double-tea")),
        ("{why: [base 13, double-tea 8]}", ("why", "base 13, double-tea 8", "base 13, double-tea 9")),
        ("{entries: [{rule: base}]}", ("entries", "rule: base", "rule: base\nrule: double-tea, kind: earn, wallet: points, points: 9, from: issued, to: pending")),
        ("{says: [nonsense]}", ("says", "nonsense", "base: NT$1,348 at 1 point for every NT$100 gives 13 points\ndouble-tea: 2× on NT$998, at 1 point for every NT$100, adds 9 points")),
        ("{explained: []}", ("explained", "", "earn.multiply, earn.multiply.part, earn.per_money")),
        ("{announced: tier.changed}", ("announced", "tier.changed", "")),
        ("{spend: 1348.50}", ("spend", "1348.5", "1348")),
        ("{growth: 1}", ("growth", "1", "0")),
        ("{orders: 2}", ("orders", "2", "1")),
        ("{progress: {missing: 999.5}}", ("progress.missing", "999.5", "1000")),
    ],
)  # fmt: skip
def test_what_is_not_so_is_shown(expect: str, told: tuple[str, str, str]) -> None:
    assert differences(ORDER + f"    expect: {expect}\n") == [told]


def test_the_first_step_that_fails_is_told_with_its_line_and_the_ledger() -> None:
    found = verdict(ORDER + "    expect:\n      points: 1\n      tier: silver\n  - {expect: {points: 5}}\n")
    failure = found.failure
    assert failure is not None
    assert (found.steps, failure.step, failure.line, failure.title, failure.at) == (
        1,
        2,
        17,
        "order A-1",
        "2026-01-10 15:00",
    )
    assert [one.line for one in failure.differences] == [20, 21]
    assert [(line.at, line.name, line.points, line.target) for line in failure.ledger] == [
        ("2026-01-05 09:00", "welcome", 100, "available"),
        ("2026-01-10 15:00", "base", 13, "pending"),
        ("2026-01-10 15:00", "double-tea", 9, "pending"),
    ]


def test_a_refusal_that_does_not_come_is_told() -> None:
    assert differences(ORDER + "    refused: not_enough_points\n") == [("refused", "not_enough_points", "")]


def test_all_that_is_wrong_is_said_at_once_with_its_line() -> None:
    text = HEAD + """\
  - {at: yesterday, order: {id: A, lines: [{total: 1, price: 2}]}}
  - {at: 2026-01-01, cancel: B, expect: {point: 1, tier: {status: [b], stars: gold}, why: {a: b}}}
  - {wait: soon, at: 2026-02-01, member: mei, enrol: , repeat: A}
  - {wait: 1 day, expect: {points: {gone: 1, pending: many}, progress: {gold: 1}, entries: [{who: x}]}}
"""  # fmt: skip
    assert [said.split(": ")[:2] for said in problems(text)] == [
        ["line 17", "story[1].at"],
        ["line 17", "story[1].order.lines[0]"],
        ["line 18", "story[2].at"],
        ["line 18", "story[2].cancel"],
        ["line 18", "story[2].expect.point"],
        ["line 18", "story[2].expect.tier.status"],
        ["line 18", "story[2].expect.tier.stars"],
        ["line 18", "story[2].expect.why"],
        ["line 19", "story[3].wait"],
        ["line 19", "story[3]"],
        ["line 19", "story[3].member"],
        ["line 20", "story[4].expect.points.gone"],
        ["line 20", "story[4].expect.points.pending"],
        ["line 20", "story[4].expect.progress.gold"],
        ["line 20", "story[4].expect.entries[0].who"],
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("story: []", ["line 1: program: a program is needed"]),
        ("program: no.yaml\nstory: []", ["line 1: program: 'no.yaml': there is no such file"]),
        ("storey: []", ["line 1: storey: 'storey': this is not known", "line 1: 'story' is missing", "line 1: program: a program"]),
        (HEAD.replace("TWD\n", "dollars\n"), ["line 4: program.currency: 'dollars'", "line 11: program.earn[0].give", "line 12: program.earn[1].multiply: 'base'"]),
        (HEAD + "  - {publish: {timezone: Asia/Tokyo}}\n", ["line 17: story[1].publish.timezone: 'Asia/Tokyo': the program's time zone is Asia/Taipei"]),
        (HEAD + "  - {publish: {earn: [{rule: a}]}}\n", ["line 17: story[1].publish.earn[0]: 'a': a rule either gives"]),
        (HEAD + "  - {publish: b.yaml}\n", ["line 17: story[1].publish: 'b.yaml': there is no such file"]),
        (HEAD.replace("at: 2026-01-05 09:00, ", ""), ["line 16: story[0]: the first step says when"]),
        ("a: 1\na: 2", ["line 2: a: 'a': this is said already"]),
    ],
)  # fmt: skip
def test_what_is_no_story(text: str, said: list[str]) -> None:
    found = problems(text)
    assert [one[: len(start)] for one, start in zip(found, said, strict=True)] == said


def test_a_program_lies_beside_its_story(tmp_path: Path) -> None:
    tree: Any = grown(HEAD).tree
    program = HEAD.partition("member:")[0].removeprefix("program:\n").replace("\n  ", "\n").removeprefix("  ")
    assert grown(program).tree == tree["program"]
    (tmp_path / "shop.yaml").write_text(program)
    story = tmp_path / "a.story.yaml"
    story.write_text("program: shop.yaml\nstory:\n" + HEAD.split("story:\n")[1])
    assert check(story).holds
    assert check(tmp_path / "shop.yaml").holds
    (tmp_path / "shop.yaml").write_text(program.replace("TWD\n", "TWDD\n"))
    assert [problem.line for problem in check(story).problems] == [1, 1, 1]
    assert [problem.line for problem in check(tmp_path / "shop.yaml").problems] == [3, 10, 11]
    assert check(tmp_path / "nothing.yaml").problems


def test_what_a_program_probably_does_not_mean_is_a_warning() -> None:
    head = HEAD.replace("give: 1 point per 100 TWD", "give: 5 points").replace("    - {rule: double-tea", "    # - {")
    found = verdict("", head)
    assert found.holds
    assert [(one.line, one.path) for one in found.warnings] == [(11, "program.earn[0]")]


def test_a_program_that_makes_no_sense_has_no_story() -> None:
    head = HEAD.replace("category: oolong", "from: 2026-02-01, until: 2026-01-01")
    assert problems(head)[0].startswith("line 12: program.earn[1].when: nothing can meet this: ")


@pytest.mark.parametrize(
    "steps",
    [
        # a line without a name stays the line of its product
        (
            "  - order: {id: O1, lines: [{sku: TEA, total: 900}, {sku: CUP, total: 200}]}\n"
            "  - {wait: 1 day, refund: {order: O1, lines: [{line: 2}]}, expect: {points: 9}}\n"
            "  - {wait: 1 day, edit: {order: O1, lines: [{sku: WRAP, total: 100}, {sku: TEA, total: 900}, {sku: CUP, total: 200}]}, expect: {points: 10}}\n"
            "  - {refund: {order: O1, lines: [{line: 3}]}, expect: {points: 9}}\n"
        ),
        # what was known stays known, until it is said to be unknown
        "  - {details: {country: TW}}\n  - {at: 2026-03-06, expect: {points: 10}}\n",
        "  - {details: {birthday: unknown}}\n  - {at: 2026-03-06, expect: {points: 0}}\n",
        # a plan's last day counts, and an instant does not
        (
            "  - {plan: {plan: plus, until: 2026-03-04}, expect: {benefits: [lounge]}}\n"
            "  - {at: 2026-03-04 23:59, expect: {benefits: [lounge]}}\n  - {at: 2026-03-05 00:00, expect: {benefits: []}}\n"
        ),
        "  - {plan: {plan: plus, until: 2026-03-04 12:00}}\n  - {at: 2026-03-04 12:00, expect: {benefits: []}}\n",
        # the last day of what was there before, and of what comes, counts; an instant does not
        (
            "  - {bring: {lots: [{points: 44, expires: 2026-03-04}]}, expect: {points: 44, expiry: 2026-03-04}}\n"
            "  - {receive: {lots: [{points: 3, expires: 2026-03-04 12:00}]}, expect: {points: 47}}\n"
            "  - {receive: {lots: [{points: 5, expires: 2026-03-05}]}, expect: {points: 52}}\n"
            "  - {at: 2026-03-04 12:00, expect: {points: 49}}\n  - {at: 2026-03-04 23:59, expect: {points: 49}}\n"
            "  - {at: 2026-03-05 00:00, expect: {points: 15}}\n  - {at: 2026-03-06 00:00, expect: {points: 10}}\n"
        ),
        # the funder, and the last day of what expires next
        (
            "  - {expect: {expiry: ''}}\n"
            "  - {order: {id: O1, lines: [{category: tea, total: 50}]}, expect: {expiry: {points: 2027-03-02}, entries: [{rule: tea, funder: farm}]}}\n"
        ),
    ],
)
def test_what_managers_expect(steps: str) -> None:
    found = verdict(steps, PLAIN)
    assert found.holds, (found.problems, found.failure and found.failure.differences)


def test_the_ledger_of_a_failure_names_the_funder() -> None:
    found = verdict("  - {order: {id: O1, lines: [{category: tea, total: 50}]}, expect: {points: 1}}\n", PLAIN)
    assert found.failure is not None
    assert [line.funder for line in found.failure.ledger] == ["farm"]


def test_an_order_of_somebody_else_is_no_order_of_a_member() -> None:
    steps = "  - {order: {id: O1, lines: [{total: 50}]}}\n  - {member: bob, order: {id: O1, lines: [{total: 50}]}}\n"
    assert [said.partition("story")[2] for said in problems(PLAIN + steps)] == [
        "[2].order.id: 'O1': this is an order of a already"
    ]
