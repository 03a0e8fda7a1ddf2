"""What is wrong with a document or a story, as one sentence in the language that is active now: what, and what to do.

Codes and parameters are the engine's (`engine.problems`); here they only get their words.
"""

import re
from collections.abc import Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regulars.engine.problems import Problem
from regulars.programs import wording
from regulars.programs.tree import NO_COLON
from regulars.programs.typed import WIDE_SPACE

SORTS = {
    "benefit": _("benefit"),
    "campaign": _("campaign"),
    "coupon": _("coupon"),
    "group": _("group"),
    "prize": _("prize"),
    "redemption": _("redemption or hold"),
    "reward": _("reward"),
    "rule": _("rule"),
    "tier": _("tier"),
    "tier set": _("tier set"),
    "wallet": _("wallet"),
}
SENTENCES = {
    "activity_has_none": _("an activity has no such thing: ask for it in the steps that count orders"),
    "alias": _("write it out: aliases are not allowed"),
    "alone_is_no_group": _("what is alone goes with nothing else: this needs no choice"),
    "amount_of_nothing": _("more than nothing is needed"),
    "amounts_exclude": _("the least is more than the most"),
    "anchor": _("anchors are not allowed: write the part out wherever it is needed"),
    "approval_at_till": _("nobody can wait at the till until this is approved"),
    "at_and_wait": _("a step says either when it happens or how long to wait"),
    "at_missing": _("the first step says when it happens: 'at'"),
    "attribute_is_detail": _("a member's own detail, not an attribute: leave it out here"),
    "attribute_without_values": _("an attribute has a list of values, none of them empty"),
    "bound_not_needed": _("a fixed amount takes off no more than that anyway"),
    "braces_comma": _("inside of {…} a comma begins the next word: put quotes around %(allowed)s"),
    "braces_comma.sign": _("%(sign)s is a fullwidth or typographic sign: type %(instead)s instead"),
    "budget_by_time": _(
        "a budget is asked when something happens, and this rule may give when only time passes: take it out of the "
        "campaign"
    ),
    "budget_of_nothing": _("a budget is more than nothing"),
    "budget_of_several": _("a budget counts one wallet, its rules give %(wallets)s: make a campaign for each"),
    "budget_without_worth": _("a budget in money needs points with a worth: say the worth, or a number of points"),
    "campaign_without_rules": _("no rule says 'campaign: %(value)s'"),
    "cap_below_gift": _("the rule %(rule)s gives more than that at once: raise the cap, or give less"),
    "cap_of_nothing": _("under this cap nothing is given: raise it, or leave out the rules that it bounds"),
    "cap_of_several": _("one cap counts the points of one wallet: write a cap for each"),
    "cap_taken": _("another cap has this name, or bounds the same rules in the same window"),
    "cash_of_several": _("money pays a part of the points of one wallet"),
    "chances_above_certainty": _("the chances of all prizes come to more than 100%%"),
    "changed_since_plan": _("this is not the document that was planned: plan it again"),
    "code_for_everybody": _("only a public coupon has one code for everybody"),
    "code_length": _("codes that nobody guesses have %(least)s to %(most)s letters, the prefix apart"),
    "code_not_possible": _("a public code such as %(allowed)s is needed: 3 to 32 capital letters, digits and '-'"),
    "code_taken": _("another coupon has this code"),
    "code_without_end": _(
        "whoever knows the code may use it with every order: say limit, limit_of_all, budget or until"
    ),
    "comma_in_amount": _("an amount is written without a comma: %(allowed)s"),
    "conditions_exclude": _("the conditions on %(condition)s exclude each other"),
    "cost_of_other_wallet": _("its first cost is of the wallet %(allowed)s for everybody"),
    "cost_said_twice": _("each wallet is asked for one number of points"),
    "country_in_words": _("countries are told by two capital letters: is %(allowed)s meant?"),
    "country_in_words.none": _("countries are told by two capital letters, such as TW"),
    "coupon_off_cart": _("a coupon takes something off a cart: a discount, shipping, a product"),
    "credit_pays_for_itself": _(
        "whoever takes it gets back at least what it costs, in the same points: ask for more, or give less"
    ),
    "credit_without_limit": _("it costs nothing, and puts points in as often as anybody likes: say limit"),
    "currency_changed": _("the program's money is %(allowed)s for ever"),
    "currency_unknown": _("an ISO 4217 code such as %(allowed)s is needed"),
    "date_means_never": _("nobody waits for such a day: write %(allowed)s for points that do not expire"),
    "dates_backwards": _("the last day must not come before the first"),
    "dates_exclude": _("the first day comes after the last"),
    "decided_late": _("what we decide ourselves is never learned later: leave out 'learned'"),
    "deeds_several": _("a step tells one deed: make a step of each"),
    "detail_unknown": _("one of %(allowed)s is needed; others stand with their values under 'attributes'"),
    "document_empty": _("the document is empty"),
    "document_too_long": _("a document has at most %(most)s characters"),
    "documents_several": _("one file holds one document"),
    "draft_changed": _("%(by)s saved another text meanwhile: load the draft again and see what changed"),
    "draft_closed": _("this draft was published or withdrawn: begin a new one"),
    "draw_of_blanks": _("every prize is a blank: say what one of them gives, 'reward' or 'credit'"),
    "draw_without_number": _("say the number that is drawn, or the seed and the name of the draw"),
    "earned_after_expiry": _("what is earned after that day is gone at the end of the day on which it is earned"),
    "earned_on_last_day": _("what is earned on that day is gone at its end: %(allowed)s gives it longer"),
    "engagement_missing": _("say what counts, such as %(allowed)s"),
    "expires_before_maturing": _("points must not expire before they mature"),
    "factors_too_exact": _(
        "too many, or too exact, factors multiply each other here: say fewer of them, or fewer decimals"
    ),
    "factors_too_large": _("together these multipliers give more points than can be counted: say multiply_at_most"),
    "file_missing": _("there is no such file"),
    "file_unreadable": _("the file cannot be read: %(system)s"),
    "file_unreadable.utf8": _("this file is not written in UTF-8: save it as UTF-8 in your editor"),
    "floor_not_needed": _("nobody falls here, so that no floor is needed"),
    "floor_unknown": _("a tier of this set that growth reaches is needed: %(allowed)s"),
    "free_units_too_many": _("more units are bought than are free"),
    "funder_like_partner": _("this is a funder of that name: is %(allowed)s meant?"),
    "funder_without_order": _("only an order has a partner: name who pays"),
    "gift_above_budget": _("the rule gives more at once than the whole budget"),
    "gift_of_nothing": _("a gift is more than nothing"),
    "gift_per_nothing": _("points are given per an amount above zero"),
    "give_or_multiply": _("a rule either gives or multiplies, and exactly one of the two"),
    "gives_beside": _("this stands beside %(allowed)s"),
    "gives_several": _("one thing is given: write a reward for each"),
    "goal_anew": _("this goal changed: members begin it anew, and what they have of it so far is lost"),
    "goal_basis": _("a goal counts what goods cost: it has no other basis"),
    "goal_gives_fixed": _("a goal gives a fixed number of points"),
    "goal_of_nothing": _("more than nothing has to be reached"),
    "goal_partner": _("what a goal gives belongs to no single order: name who pays"),
    "goal_said_twice": _("a goal with steps says in its steps what is counted"),
    "goal_trigger": _("a goal counts orders or an activity: %(allowed)s"),
    "group_off_cart": _("only what takes something off a cart has a group"),
    "growth_unknown": _("one of %(allowed)s is needed"),
    "higher_tiers_left_out": _("whoever rises beyond %(value)s gets nothing of this: if they should, say %(allowed)s"),
    "hour_skipped": _("clocks were put forward over this hour: there was no such time"),
    "in_program_file": "%(said)s",
    "inside_branches": _("it cannot stand inside of any, all or not"),
    "language_unread": _("pages ask for this language as %(allowed)s"),
    "less_than_at_once": _("at_least and step ask for more than that at once: raise it, or lower them"),
    "levels_missing": _("a tier set needs at least one level"),
    "lift_before_maturing": _("an order can only be judged at the tier it gains with 'growth_counts: at payment'"),
    "lift_by_other_growth": _("an order itself is raised only by %(allowed)s"),
    "limit_per_order": _("a rule gives once per order anyway: leave it out"),
    "line_not_in_order": _("the order has no such line: it has %(allowed)s"),
    "lines_or_amount": _("say which lines came back, or only an `amount`"),
    "longer_than_possible": _("at most %(years)s years are possible"),
    "lowest_for_everyone": _("the lowest tier is for everyone: it has no reach"),
    "lowest_without_end": _("the lowest tier has no end: it needs no validity, grace or retain"),
    "main_tiers_changed": _("the program's first tier set is %(allowed)s for ever"),
    "main_wallet_changed": _("the program's first wallet is %(allowed)s for ever"),
    "measure_other": _("an activity counts times; an order counts spend, units or orders; possible is %(allowed)s"),
    "measures_several": _("one thing is counted: %(allowed)s"),
    "money_changed": _("%(wallet)s says `money: %(allowed)s` for ever: what is in it would mean something else"),
    "more_than_it_costs": _("this is more than the reward costs"),
    "most_below_least": _("the most must not be below the least"),
    "multiplier_basis": _("a multiplier has the basis of what it multiplies"),
    "multiplier_of_several": _("one multiplier multiplies rules of one wallet: write a multiplier for each"),
    "multiplier_rounding": _("a multiplier rounds per order"),
    "multiplies_nothing": _("this multiplies nothing: %(because)s"),
    "name_missing": _("a name is needed before the colon"),
    "name_not_possible": _("the name of a %(sort)s is not empty and has none of these signs: %(signs)s"),
    "name_taken": _("each %(sort)s needs a name of its own"),
    "needs_without_profile": _("only a rule on profile needs details"),
    "nested_too_deep": _("at most %(most)s levels may be nested"),
    "never_met": _("nothing can meet this: %(because)s"),
    "nobody_falls": _("nobody falls from this tier, so that it needs neither retain nor grace"),
    "nobody_known_yet": _("nobody is a member yet: ask something of the order"),
    "not_a_budget": _("a budget such as %(allowed)s is needed"),
    "not_a_chance": _("a chance such as %(allowed)s is needed, in whole millionths"),
    "not_a_cost": _("a cost such as %(allowed)s is needed"),
    "not_a_date": _("a date such as %(allowed)s is needed"),
    "not_a_day": _("a day such as %(allowed)s is needed"),
    "not_a_factor": _("a factor such as %(allowed)s is needed: above 1, at most %(most)s, with up to three decimals"),
    "not_a_gift": _("a gift such as %(allowed)s is needed"),
    "not_a_length": _("a length of time such as %(allowed)s is needed"),
    "not_a_length_of_days": _("a length of days, weeks, months or years is needed, such as %(allowed)s"),
    "not_a_limit": _("a limit such as %(allowed)s is needed"),
    "not_a_list": _("a list is needed"),
    "not_a_local_time": _("a local time such as %(allowed)s is needed"),
    "not_a_number_of_order": _("a number of an order such as %(allowed)s is needed"),
    "not_a_part": _("a part with some of %(allowed)s is needed; for nothing of it write {}"),
    "not_a_share": _("a share such as %(allowed)s is needed: above 0%%, at most 100%%, with up to two decimals"),
    "not_a_term": _("a time such as %(allowed)s is needed"),
    "not_a_weekday": _("a weekday is one of %(allowed)s"),
    "not_a_window": _("one of %(allowed)s is needed"),
    "not_a_word": _("a word or a phrase is needed"),
    "not_a_worth": _("a worth such as %(allowed)s is needed"),
    "not_an_amount": _("an amount in %(currency)s such as %(allowed)s is needed, with no more decimals than it has"),
    "not_entries": _("a list of entries is needed, each with some of %(allowed)s"),
    "not_hours": _("hours such as %(allowed)s are needed, the end not included"),
    "not_in_program": _("a %(sort)s of this program is needed: %(allowed)s"),
    "not_in_program.none": _("this program has no %(sort)s"),
    "not_names": _("a list of names, each with its value, is needed; for nothing of it write {}"),
    "not_one_word": _("one word is needed"),
    "not_points": _("a number of points such as %(allowed)s is needed"),
    "not_possible_yet": _("this is not possible yet"),
    "not_rolling": _("a window such as %(allowed)s is needed"),
    "not_whole": _("a whole number is needed"),
    "not_words": _("a list of words is needed"),
    "not_yaml": _("this is not YAML: %(parser)s"),
    "not_yaml.typed": _("this is not YAML: %(sign)s is a fullwidth or typographic sign: type %(instead)s instead"),
    "nothing_changes": _("there is nothing to publish yet: it says the same as version %(newest)s"),
    "nothing_to_multiply": _("there is no rule that gives points per money"),
    "nothing_to_renew": _("only points that expire some time after the last activity are renewed: say %(allowed)s"),
    "number_not_drawn": _("a number of %(allowed)s is needed"),
    "one_of": _("one of these is needed: %(allowed)s"),
    "only_handed_out": _("only codes that are handed out one by one have this"),
    "only_of_points": _("only points have this: say how long the reward lasts with the reward"),
    "only_orders_are_fulfilled": _("only an order is fulfilled: say how long the points wait"),
    "only_orders_have_basis": _("only a rule on orders has a basis"),
    "only_orders_have_this": _("only an order has this"),
    "only_orders_multiply": _("only a rule on orders multiplies, or gives per money or unit"),
    "order_earns_its_worth": _("this is worth as much as the order itself, or more"),
    "order_of_another": _("this is an order of %(member)s already"),
    "order_unknown": _("no step before this one tells of such an order"),
    "other_currency": _("money is told in %(allowed)s, this program's currency"),
    "other_program": _("a document of the program %(allowed)s is needed"),
    "paid_only_not_possible": _("only a gift per order or per unit, or a goal of units or orders, may ask this"),
    "payment_not_awaited": _("activities count at once: there is no payment to wait for"),
    "percent_of_points": _("a share of money goes to a wallet with 'money: true'"),
    "points_missing": _("say how many points, or which reward"),
    "prefix_not_possible": _(
        "a prefix such as %(allowed)s is needed: up to 8 capital letters and digits, and '-' at its end"
    ),
    "price_or_total": _("a line says either its price or its total"),
    "prize_is_draw": _("a draw gives no draw: name another reward"),
    "prize_of_several": _("a prize is a reward or points: make two of it"),
    "profile_without_needs": _("a rule on profile names the details that it needs"),
    "program_missing": _("a program is needed: the path of a document, or the document itself"),
    "program_moved_on": _("%(by)s published version %(newest)s since: see what it changed, then plan again"),
    "reach_of_invitation": _("a tier by invitation is reached by being granted, not by growth"),
    "referral_missing": _("say with 'referral' which order of a referred customer counts"),
    "refers_not_personal": _("only a member's personal code says who brought somebody"),
    "renewed_together": _(
        "activity renews all points of a wallet together: say it where the wallet says how long they last"
    ),
    "rest_not_paid": _("say with 'cash' what pays the rest"),
    "retain_above_reach": _("staying must not need more than reaching"),
    "rule_not_multiplied": _(
        "only a rule that gives points per money, and rounds per order, can be multiplied: %(allowed)s"
    ),
    "rule_not_multiplied.none": _(
        "only a rule that gives points per money, and rounds per order, can be multiplied: there is none"
    ),
    "said_twice": _("this is said already in line %(before)s"),
    "second_person_needed": _("a version of this program needs two people: somebody who did not write it publishes it"),
    "seed_not_hex": _("a seed is 64 hexadecimal digits"),
    "segment_unknown": _("programs can use no such segment, so nobody is in it: there is %(allowed)s"),
    "segment_unknown.none": _(
        "programs can use no such segment, so nobody is in it: make one, and let programs use it"
    ),
    "shown_when_over": _("it is still shown when nobody can have it any more"),
    "split_orders_earn": _(
        "every order earns this, however small: say order_at_least, or a limit, or orders will be split"
    ),
    "stacking_order": _("each of these stands here at most once: %(allowed)s"),
    "starts_too_soon": _("a version starts at least a minute after it is published: %(allowed)s or later"),
    "step_beyond_bounds": _("no multiple of the step lies between at_least and at_most: change one of the three"),
    "step_too_early": _("steps are told as we learn of them: say with 'learned' when that was"),
    "story_empty": _("a story has at least one step"),
    "story_of_draft": _("leave the program out: stories of a draft are about the draft"),
    "story_too_far": _("a story plays between 1900 and 2299"),
    "streak_too_short": _("a streak has at least two days, weeks, months or years"),
    "tag": _("tags are not allowed; everything is text"),
    "taken_once_per_order": _("an order takes each of them once anyway"),
    "tier_kept_too_early": _(
        "a tier that is kept for ever must not be reached before its order can no longer be returned"
    ),
    "tier_never_reached": _("no rule gives such points: no tier above the lowest can be reached"),
    "tier_out_of_reach": _(
        "whoever is not there yet gets at most %(most)s such points, ever: lower it, or let rules give more"
    ),
    "tiers_changed": _("the tier set %(set)s grows by %(allowed)s for ever"),
    "tiers_not_rising": _("each tier must reach above the one before"),
    "timezone_changed": _("the program's time zone is %(allowed)s for ever"),
    "timezone_reversed": _("this is %(utc)s, for its sign is the other way round: say a place, such as %(allowed)s"),
    "timezone_unknown": _("an IANA time zone such as %(allowed)s is needed"),
    "too_many_points": _("at most %(most)s points for the smallest amount of money are possible"),
    "trigger_unknown": _("one of %(allowed)s is needed"),
    "unit_unknown": _("the unit must be a wallet: %(allowed)s"),
    "value_not_possible": _("possible is %(allowed)s"),
    "visits_without_growth": _("visits are named where tiers grow by visits"),
    "wallet_missing": _("a program needs at least one wallet"),
    "wallet_name_not_possible": _("a wallet's name has small letters, '-' and '_'"),
    "weekdays_exclude": _("none of these weekdays lies between these dates"),
    "weight_of_nothing": _("an activity that counts weighs at least 1"),
    "weights_without_engagement": _("activities have weights where tiers grow by engagement"),
    "window_of_hours": _("a rolling window counts local days: use days or months, such as %(allowed)s"),
    "word_missing": _("'%(word)s' is missing"),
    "word_unknown": _("this is not known here; possible is %(allowed)s"),
    "word_unknown.birthday": _(
        "no condition asks for birthdays: make a segment (birthday is this month) and ask for it: 'segment: its name'"
    ),
    "word_unknown.near": _("this is not known here: is %(near)s meant? Possible is %(allowed)s"),
    "word_unknown.sign": _("%(sign)s is a fullwidth or typographic sign: type %(instead)s instead"),
    "worth_missing": _("points that are settled in money need a worth: say it with 'worth'"),
}

# What is said besides: what was probably meant, by the name of the hint.
HINTS = {
    "birthday": _(
        "to multiply what is bought around a birthday, make a segment (birthday is this month) and ask for it in a "
        "rule on orders: 'when: {segment: its name}'"
    ),
    "near": _("is %(near)s meant?"),
    "share": _("a share is more than 0%% and at most 100%%"),
    "sign": _("%(sign)s is a fullwidth or typographic sign: type %(instead)s instead"),
}

_BESIDE_QUOTES = re.compile("(?<! ) (?=[「“])|(?<=[」”]) (?! )")
# What the parser of YAML says most, by how it begins; the rest is said in its own words.
PARSER = {
    NO_COLON: _("a colon is missing"),
    "expected ',' or ']'": _("a bracket '[' is not closed, or a comma is missing"),
    "expected ',' or '}'": _("a bracket '{' is not closed, or a comma is missing"),
    "expected <block end>": _("this line begins further in, or further out, than the ones beside it"),
    "found character '\\t'": _("a tab stands where only spaces may"),
    "found character": _("a sign stands here that cannot begin a text: put quotes around it"),
    "found unexpected end of stream": _("a quote is not closed"),
    "mapping values are not allowed here": _("a colon stands where none may: put quotes around the text"),
    "sequence entries are not allowed here": _("a list cannot begin here"),
}


def said(problem: Problem) -> str:
    """What is wrong and what to do, without the place."""
    code, hint = problem.code, problem.told.get("hint", "")
    words = _words(problem)
    if f"{code}.{hint}" in SENTENCES:
        return _closed_up(str(SENTENCES[f"{code}.{hint}"]) % words)
    if not problem.allowed and f"{code}.none" in SENTENCES:
        code += ".none"
    sentence = str(SENTENCES[code]) % words
    return _closed_up(gettext("; ").join([sentence, str(HINTS[hint]) % words]) if hint in HINTS else sentence)


def _closed_up(text: str) -> str:
    """Chinese keeps a space between its own signs and others, but none beside quotes."""
    return _BESIDE_QUOTES.sub("", text) if wording.language().startswith("zh") else text


def _words(problem: Problem) -> dict[str, str]:
    words = problem.told | {"allowed": alternatives(problem.allowed), "value": problem.value}
    if "sort" in words:
        words["sort"] = str(SORTS[words["sort"]])
    if "parser" in words:
        words["parser"] = next(
            (str(text) for begun, text in PARSER.items() if words["parser"].startswith(begun)), words["parser"]
        )
    if problem.because:
        words["because"] = gettext("; ").join(said(one) for one in problem.because)
    said_of = {name: quoted(words[name]) for name in ("sign", "instead", "near") if name in words}
    if words.get("sign") == WIDE_SPACE:
        said_of |= {"sign": gettext("the wide space (U+3000)"), "instead": gettext("plain spaces")}
    return words | said_of


def told(problem: Problem) -> str:
    """The same with its place, and what stands there."""
    return lined_up(problem.path, quoted(problem.value), said(problem))


def lined_up(*parts: str) -> str:
    """ "earn[0].limit: 'seldom': a limit is needed"; a part that is empty is left out."""
    return gettext(": ").join(filter(None, parts))


def quoted(text: str) -> str:
    return gettext("'%(text)s'") % {"text": text} if text else ""


def alternatives(words: Sequence[str]) -> str:
    """ "'7 days', '2 weeks' or '12 months'": what has more words than one stands in quotes."""
    return wording.one_of([quoted(word) if " " in word and not word.startswith('"') else word for word in words])
