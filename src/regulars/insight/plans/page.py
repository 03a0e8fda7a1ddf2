"""The page of a plan, in the language that is active now."""

from collections.abc import Callable, Sequence
from pathlib import Path

from django.template import Context, Engine
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from regulars.engine.program import Programs
from regulars.insight.charts.tokens import FONTS, TOKENS
from regulars.insight.plans import bars, drawing
from regulars.insight.plans.pictures import Picture, pictures, tier_roles
from regulars.programs import wording
from regulars.programs.planning import saying
from regulars.programs.planning.comparing import Change, Group
from regulars.programs.planning.report import Against, Given, Ground, Report

TEMPLATES = Path(__file__).parent.parent / "templates"
SHEETS = Path(__file__).parent.parent / "static/insight/plan"
TAGS = {"zh-hant": "zh-Hant", "zh-hans": "zh-Hans"}


def page(told: Report, programs: Programs, ground: Ground, file: Sequence[tuple[str, str]] = ()) -> str:
    """The whole report of a plan that folded something, as a page of its own. `file`: how many lines of it became
    what, the first the sum of the others.
    """
    content = parts(told, programs, ground) | {
        "file": file,
        "tag": TAGS.get(wording.language(), "en"),
        "css": mark_safe(_css()),  # noqa: S308  # ours
    }
    engine = Engine(dirs=[str(TEMPLATES)], libraries={"i18n": "django.templatetags.i18n"})
    return engine.get_template("insight/plan.html").render(Context(content))


def parts(told: Report, programs: Programs, ground: Ground) -> dict[str, object]:
    """What `insight/plan_report.html` shows, on a page of its own or inside another."""
    drawn = pictures(told, programs)
    return {
        "program": wording.worded(programs.versions[-1].name, wording.language()) or told.program,
        "headline": saying.headline(told.verdict, told.currency),
        "sentences": saying.sentences(told),
        "tiles": _tiles(told),
        "money": [_shown(drawn[name]) for name in ("margin", "cash", "liability")],
        "issued": [_shown(picture) for name, picture in drawn.items() if name.startswith("issued-")],
        "tiers": [_shown(picture) for name, picture in drawn.items() if name.startswith("tiers-")],
        "tornado": _shown(drawn["tornado"]),
        "rules": [_rule(given, told, programs) for given in told.rules],
        "main_tiers": _legend(told, programs),
        "idle": [wording.rule(name, 1, programs) for name in told.idle_rules],
        "cut": [(wording.cap(cut.bound, cut.wallet, 1, programs), f"{cut.times:,}") for cut in told.cut],
        "against": _against(told.against, told.currency, programs) if told.against else None,
        "basis": [
            ("history", _("History"), saying.measured(told, ground)),
            ("assumed", _("Assumed, not measured"), saying.assumed(told, programs, ground)),
            ("simulated", _("Simulated"), saying.simulated(told)),
        ],
    }


def _css() -> str:
    """Colours by role in both modes, the faces of the language, and the rest as it is written."""
    light, dark = TOKENS["light"], TOKENS["dark"]
    colours = "".join(f"--{role}:light-dark({light[role]},{dark[role]});" for role in light)
    face = f"--face:{FONTS.get(wording.language(), FONTS['en'])};"
    written = (SHEETS.joinpath(f"{name}.css").read_text() for name in ("page", "report", "charts", "places"))
    return f":root{{{colours}{face}}}\n" + "\n".join(written)


def _shown(picture: Picture) -> dict[str, object]:
    drawn = {"wide": mark_safe(picture.wide), "narrow": mark_safe(picture.narrow)}  # noqa: S308  # escaped when drawn
    return {name: getattr(picture, name) for name in picture.__struct_fields__} | drawn


def _tiles(told: Report) -> list[tuple[str, str, str]]:
    """A name, a figure, and what to compare it with."""
    verdict = told.verdict

    def money(minor: int) -> str:
        return drawing.money(minor, told.currency)

    share = {"share": saying.share(verdict.cost, verdict.revenue)}
    gross = {"gross": money(verdict.gross)}
    found = [
        (_("Cost of points"), money(verdict.cost), _("%(share)s of revenue") % share),
        (_("Margin after rewards"), money(verdict.left), _("of %(gross)s") % gross),
    ]
    never = verdict.break_even is None
    more = _("points cost more than the margin") if never else _("so much more must members buy")
    found.append((_("Break-even"), saying.break_even(verdict.break_even), more))
    if told.assumed.more:
        uplift = {"more": saying.percent(told.assumed.more)}
        found.append((_("What the program adds"), money(verdict.result), _("if members buy %(more)s more") % uplift))
    if told.assumed.budget is not None:
        rest = saying.rest_of(told, told.assumed.budget)
        left = (_("%(rest)s are left") if rest >= 0 else _("%(rest)s are missing")) % {"rest": money(abs(rest))}
        found.append((_("Budget"), money(told.assumed.budget), left))
    return found


def _rule(given: Given, told: Report, programs: Programs) -> dict[str, object]:
    dearest = max((one.worth for one in told.rules), default=0)
    names = {tier: saying.standing(tier, programs) for tier in (one.tier for one in given.to)}
    roles = _roles(told)
    whole = sum(getter.points for getter in given.to)
    to = [
        (
            getter.points,
            roles.get(getter.tier, "soft"),
            _("%(tier)s: %(members)s members, %(share)s of the points")
            % {
                "tier": names[getter.tier],
                "members": f"{getter.members:,}",
                "share": saying.share(getter.points, whole),
            },
        )
        for getter in given.to
    ]
    return {
        "name": saying.rule(given.rule, programs),
        "wallet": given.wallet,
        "times": f"{given.times:,}",
        "members": f"{given.members:,}",
        "points": saying.amount(given.wallet, given.points, programs),
        "worth": drawing.money(given.worth, told.currency),
        "share": saying.share(given.worth, told.verdict.cost),
        "cost": mark_safe(bars.strip([(given.worth, "third", "")], dearest)),  # noqa: S308  # escaped when drawn
        "to": mark_safe(bars.strip(to, whole)),  # noqa: S308  # escaped when drawn
        "who": [said for *_, said in to],
    }


def _roles(told: Report) -> dict[str, str]:
    """Colours of the main tiers, the same as in their chart."""
    main = [tier for tier in told.tiers if tier.tier_set == told.tiers[0].tier_set]
    return dict(zip((tier.tier for tier in main), tier_roles(main), strict=True))


def _legend(told: Report, programs: Programs) -> list[tuple[str, str]]:
    return [(role, saying.standing(tier, programs)) for tier, role in _roles(told).items()]


def _against(against: Against, currency: str, programs: Programs) -> dict[str, object]:
    def money(minor: int) -> str:
        return drawing.money(minor, currency)

    words = {
        "gain": f"{against.gain:,}",
        "lose": f"{against.lose:,}",
        "same": f"{against.same:,}",
        "gained": money(against.gained),
        "lost": money(against.lost),
        "cost": money(against.verdict.cost),
    }
    every = (*against.groups, *against.segments)
    widest = max((max(group.gained, group.lost) for _name, group in every), default=0)
    has_tiers = any(tier for tier, _group_of in against.groups)
    by_tier = [_group(saying.standing(tier, programs), group, widest, money) for tier, group in against.groups]
    by_segment = [_group(name, group, widest, money) for name, group in against.segments]
    tables = (
        (_("By the tier where they stand by the program in force"), _("Tier"), by_tier if has_tiers else []),
        (saying.by_segment(), _("Segment"), by_segment),
    )
    return {
        "title": _("Customers who gain: %(gain)s; who lose: %(lose)s; who get the same: %(same)s") % words,
        "said": _(
            "All their points at their worth: %(gained)s more in all for those who gain, %(lost)s less for those who "
            "lose. Points of the program in force cost %(cost)s."
        )
        % words,
        "tables": [table for table in tables if table[2]],
        "moves": [
            (saying.standing(left, programs), saying.standing(to, programs), f"{count:,}")
            for left, to, count in against.moves
        ],
        "most": [_change(change, money, programs) for change in against.most],
    }


def _group(name: str, group: Group, widest: int, money: Callable[[int], str]) -> dict[str, object]:
    return {
        "name": name,
        "counts": [f"{count:,}" for count in (group.gain, group.lose, group.same)],
        "gained": money(group.gained),
        "lost": money(-group.lost),
        "up": mark_safe(bars.strip([(group.gained, "first", "")], widest)),  # noqa: S308  # escaped when drawn
        "down": mark_safe(bars.strip([(group.lost, "third", "")], widest)),  # noqa: S308  # escaped when drawn
    }


def _change(change: Change, money: Callable[[int], str], programs: Programs) -> dict[str, object]:
    tiers = dict.fromkeys((change.tier_before, change.tier_after))
    return {
        "customer": change.customer,
        "amounts": [money(amount) for amount in (change.before, change.after, change.more)],
        "tiers": " → ".join(saying.standing(tier, programs) for tier in tiers),
    }
