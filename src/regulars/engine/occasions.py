"""What is given at other moments than a purchase: joining, a birthday, an anniversary, an activity, a tier, a plan.

Such points are not pending unless the rule says so. The bounds of the day on which they are given hold. Worked
examples: docs/rules/occasions.md.
"""

from datetime import date

from msgspec import Struct

from regulars.engine import budgets, granting, growing, lots
from regulars.engine.account import ANY, Account, Given, Lot
from regulars.engine.calendar import Calendar, date_of, day_of, plus_months
from regulars.engine.caps import bounded, note
from regulars.engine.derivation import computed
from regulars.engine.expiring import dated, own_end, tiers_now
from regulars.engine.facts import Activity, Effect
from regulars.engine.outcome import Entry, Why
from regulars.engine.program import Earned, Rule, Scene, Version
from regulars.engine.tape import Tape, matures, put, wallet_of, write
from regulars.engine.tariff import tariff_of

LEAP_YEAR = 2000
NOWHERE = Activity("", "", 0)


class Part(Struct, frozen=True):
    """Of what a cause gave: so many awards go back, the others stay `because`. `handed_over_at`: when they matured, if
    they waited for that. `by` tells apart what goes back at one instant (`@refund:…`)."""

    times: int = 1
    because: Why = ()
    handed_over_at: int | None = None
    by: str = ""


ALL = Part()


def award(tape: Tape, trigger: str, cause: str, at: int, what: Activity = NOWHERE) -> Given:
    """Give what the rules on this trigger give to a member."""
    version = tape.programs.at(at)
    rules = version.rules_on.get(trigger)
    if not rules or tape.account.enrolled_at is None:
        return Given(at, version.number, {})
    scene = scene_of(tape, at, what)
    met = [rule for rule in rules if (rule.scene_test is None or rule.scene_test(scene)) and _has(tape, rule)]
    gifts: list[Earned] = [(rule, rule.points, ("fixed", rule.points)) for rule in met]
    return Given(at, version.number, give(tape, version, gifts, cause, at))


def give(tape: Tape, version: Version, gifts: list[Earned], cause: str, at: int) -> dict[str, int]:
    """Within the bounds of the day; points by rule."""
    day = tape.programs.calendar.day(at)
    gifts, _ = bounded(tape.account, tariff_of(tape.programs, version, day, ()), gifts)
    if version.campaigns:
        gifts, _ = budgets.bounded(tape, version, gifts, cause, day, at)
    return hand_out(tape, version, gifts, cause, at)


def hand_out(tape: Tape, version: Version, gifts: list[Earned], cause: str, at: int, by: str = "") -> dict[str, int]:
    """What bounds and budgets leave; points by rule."""
    given, day, tiers = {}, tape.programs.calendar.day(at), tiers_now(tape.account)
    for rule, points, why in gifts:
        if rule.reward:
            given[rule.name] = points
            granting.grant(tape, rule, cause, f"{cause}{by}", points, at)
            continue
        expires_at, lasts_on = dated(tape.programs.calendar, rule, day, tiers)
        lot = Lot(cause, points, expires_at, at, matures(tape, rule.pending, at), rule.funder, lasts_on)
        identity = f"{cause}{by}|{rule.name}"
        given[rule.name] = points
        if again := lots.take_up(wallet_of(tape.account, rule.wallet), cause, points):
            write(tape, identity, rule, "written_off", again, at, version.number, why)
            lot.points -= again
        if lot.points:
            write(tape, identity, rule, lot.place, lot.points, at, version.number, why)
            put(tape, rule.wallet, lot, at, version.number, identity)
        growing.gained(tape, rule, points, cause, at)
    return given


def scene_of(tape: Tape, at: int, what: Activity = NOWHERE) -> Scene:
    calendar = tape.programs.calendar
    day, clock = calendar.local(at)
    account = tape.account
    return Scene(day, clock, tiers_now(account), 0, what, account.known)


def _has(tape: Tape, rule: Rule) -> bool:
    """Whether all details that the rule needs are known of the member."""
    known = tape.account.known
    own = {"birthday": known.birthday, "country": known.country}
    return all(own.get(name) or known.attributes.get(name) for name in rule.needs)


def affect(tape: Tape, fact: Effect, at: int) -> None:
    """What another member did gives once for its cause; withdrawn, that goes back, until it is done again."""
    effects, cause = tape.account.effects, f"effect:{fact.cause}"
    if not fact.withdrawn:
        if fact.cause not in effects:
            effects[fact.cause] = award(tape, f"effect:{fact.name}", cause, at)
        return
    given = effects.pop(fact.cause, None)
    if given is not None:
        take_all_back(tape, given, cause, at)


def take_all_back(tape: Tape, given: Given, cause: str, at: int) -> None:
    """What a cause gave goes back by the rules that gave it."""
    version = tape.programs.numbered(given.version)
    for rule, points in given_by(version, given):
        take_back(tape, version, rule, points, cause, at, given.at)


def given_by(version: Version, given: Given) -> list[tuple[Rule, int]]:
    """Each rule and what it gave, in the order of the document."""
    return [(rule, given.points[rule.name]) for rule in version.rules if rule.name in given.points]


def take_back(
    tape: Tape,
    version: Version,
    rule: Rule,
    points: int,
    cause: str,
    at: int,
    given_at: int,
    part: Part = ALL,
) -> None:
    """What a cause gave at an instant goes back, or a part of it; what is missing, by policy."""
    now, day = tape.programs.at(at), tape.programs.calendar.day(given_at)
    if rule.reward:
        granting.withdraw(tape, rule, cause, f"{cause}{part.by}", points, at)
        note(tape, version, rule.name, -points, -part.times, day, tape.programs.calendar.day(at))
        return
    rules = now.wallets.get(rule.wallet)
    # Nobody is at a till.
    policy = "write_off" if rules and rules.when_short == "write_off" else "deficit"
    keeps = computed(part.because) if part.because else 0
    why = ("remains", points + keeps, keeps, *part.because)
    wallet, identity = wallet_of(tape.account, rule.wallet), f"{cause}{part.by}|{rule.name}"
    dates = (ANY if rule.by_tier else own_end(tape, rule, day), ANY)
    for source, target, moved, funder in lots.take_back(wallet, cause, points, policy, at, rule.funder, dates=dates):
        if source == "written_off":
            wallet.let_go[cause] = wallet.let_go.get(cause, 0) + moved
        entry = Entry(identity, "reverse", rule.wallet, source, target, moved, at, now.number, why, funder)
        tape.entries.append(entry)
    note(tape, version, rule.name, -points, -part.times, day, tape.programs.calendar.day(at))
    if rule.campaign:
        budgets.give_back(tape, version, rule, cause, points, day, at)
    growing.lost(tape, rule, points, cause, given_at, at, part.handed_over_at)


# Days of the year


def expect_birthday(tape: Tape, at: int) -> None:
    """When the birthday comes next; today's is given at once, once a year whatever is edited.

    One on a day that the zone skipped is the day after.
    """
    account, calendar = tape.account, tape.programs.calendar
    account.birthday_at = None
    if account.known.birthday is None:
        return
    today = date_of(calendar.day(at))
    day = _birthday(account, today.year)
    if calendar.midnight(day) == calendar.midnight(day_of(today)):
        congratulate(tape, today.year, at)
    year = today.year + (day <= day_of(today))
    account.birthday_at = calendar.midnight(_birthday(account, year))


def _birthday(account: Account, year: int) -> int:
    """The local day; 29 February falls on the 28th where there is none."""
    assert account.known.birthday is not None
    born = date(LEAP_YEAR, *account.known.birthday)
    return day_of(plus_months(born, (year - LEAP_YEAR) * 12))


def congratulate(tape: Tape, year: int, at: int) -> None:
    account = tape.account
    if account.enrolled_at is not None and account.birthday_year < year:
        account.birthday_year = year
        award(tape, "birthday", f"birthday:{year}", at)


def celebrate(tape: Tape, at: int) -> None:
    """A birthday or an anniversary begins."""
    account, calendar = tape.account, tape.programs.calendar
    if account.birthday_at == at:
        expect_birthday(tape, at)
    if account.anniversary_at == at:
        years = account.anniversaries + 1
        account.anniversaries = years
        award(tape, "anniversary", f"anniversary:{years}", at)
        expect_anniversary(account, calendar)


def expect_anniversary(account: Account, calendar: Calendar) -> None:
    assert account.enrolled_at is not None
    joined_on = date_of(calendar.day(account.enrolled_at))
    account.anniversary_at = calendar.midnight(day_of(plus_months(joined_on, 12 * (account.anniversaries + 1))))
