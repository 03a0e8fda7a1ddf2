"""What may be wrong with what people write: each problem has a stable code, its place, what stands there and what may.

Sentences are made elsewhere, in the reader's language. The codes are listed in docs/problems.md; they are never reused,
and never change their meaning.
"""

from msgspec import Struct

# Every code, and when it is said. Stable for ever.
CODES = {
    "activity_has_none": "a goal counts an activity among its steps, and its rule asks what only orders have",
    "alias": "YAML repeats by `*name` what was written elsewhere",
    "amounts_exclude": "the least amount that is asked for is above the most",
    "anchor": "YAML names a part with `&name`",
    "at_and_wait": "a step of a story says both `at` and `wait`",
    "at_missing": "the first step of a story does not say when it happens",
    "attribute_is_detail": "an attribute has the name of what every member has",
    "attribute_without_values": "an attribute has no values, or an empty one",
    "braces_comma": "inside of braces a phrase with a comma has no quotes",
    "budget_by_time": "a rule of a campaign gives when only time passes",
    "budget_of_nothing": "a budget is zero",
    "budget_of_several": "the rules of one campaign give to several wallets",
    "budget_without_worth": "a budget in money is for points without a worth",
    "campaign_without_rules": "no rule belongs to a campaign",
    "cap_below_gift": "a cap is below what one of its rules gives at once",
    "cap_of_several": "a cap bounds rules of several wallets",
    "cap_taken": "two caps have one name, or bound the same rules in the same window",
    "conditions_exclude": "conditions that hold together leave nothing",
    "currency_changed": "a later version has another currency",
    "currency_unknown": "the currency is no ISO 4217 code",
    "dates_backwards": "a campaign ends before it begins",
    "dates_exclude": "conditions end before they begin",
    "decided_late": "a step of a story says that a decision of ours was learned later",
    "deeds_several": "a step of a story tells several deeds",
    "detail_unknown": "a rule on profile needs what nobody is asked for",
    "document_empty": "there is nothing in the document",
    "document_too_long": "the document is too long",
    "documents_several": "one file holds several documents",
    "engagement_missing": "tiers grow by engagement, and no activity counts",
    "expires_before_maturing": "points would expire before they can be used",
    "factors_too_exact": "multipliers of one rule need larger fractions than can be kept",
    "factors_too_large": "multipliers of one rule come to more points than can be counted",
    "file_missing": "a file that is named is not there",
    "file_unreadable": "a file cannot be read",
    "floor_not_needed": "a tier set from which nobody falls has a floor",
    "floor_unknown": "the floor is no tier that growth reaches",
    "funder_like_partner": "warning: a funder's name looks like the order's partner",
    "funder_without_order": "the order's partner is to pay for what no order earns",
    "gift_above_budget": "a rule gives more at once than the whole budget of its campaign",
    "gift_of_nothing": "a rule gives zero points",
    "gift_per_nothing": "points are given per amount of zero",
    "give_or_multiply": "a rule gives and multiplies, or does neither",
    "goal_anew": "warning: a goal changed, so that members begin it anew",
    "goal_basis": "a goal has a basis",
    "goal_gives_fixed": "a goal gives per money or unit, or multiplies",
    "goal_of_nothing": "a goal or a step of it asks for zero",
    "goal_partner": "the order's partner is to pay for a goal of orders",
    "goal_said_twice": "a goal has steps, and says beside them what is counted",
    "goal_trigger": "a goal is neither on orders nor on an activity",
    "grace_without_validity": "a tier has a grace, and does not say how long it is valid",
    "growth_unknown": "a tier set grows by what does not exist",
    "higher_tiers_left_out": "warning: a rule names one tier, and gives nothing in those above it",
    "in_program_file": "of a program that a story names by its path: what is said there",
    "inside_branches": "a condition on all lines together stands inside of any, all or not",
    "levels_missing": "a tier set has no levels",
    "lift_before_maturing": "an order is to be judged at the tier it gains, before its growth counts",
    "lift_by_other_growth": "an order is to be judged at a tier that is not reached by spend or orders",
    "limit_per_order": "a rule is limited to once per order",
    "longer_than_possible": "a length of time is too long",
    "lowest_for_everyone": "the lowest tier has to be reached",
    "lowest_without_end": "the lowest tier has a validity, a grace or a retain",
    "main_tiers_changed": "a later version has another tier set first",
    "main_wallet_changed": "a later version has another wallet first",
    "measure_other": "an activity is counted as an order, or an order as an activity",
    "measures_several": "a goal or a step of it counts several things",
    "most_below_least": "the most that may be used at once is below the least",
    "multiplier_basis": "a multiplier has a basis",
    "multiplier_of_several": "one multiplier multiplies rules of several wallets",
    "multiplier_rounding": "a multiplier rounds per line",
    "multiplies_nothing": "no line meets both a multiplier and the rule that it multiplies",
    "name_missing": "something stands where YAML needs a name",
    "name_not_possible": "a name is empty, or has a sign that names must not have",
    "name_taken": "two parts of one kind have the same name",
    "needs_without_profile": "a rule that is not on profile needs details",
    "nested_too_deep": "the document has too many levels",
    "never_met": "conditions that nothing can meet",
    "nobody_falls": "tiers from which nobody falls have a retain or a grace",
    "nobody_known_yet": "whoever joins by an order is asked what only members have",
    "not_a_budget": "a budget is neither a number of points nor an amount of money",
    "not_a_cost": "what a reward costs is not a number of points of a wallet",
    "not_a_date": "a date cannot be read",
    "not_a_day": "a birthday cannot be read",
    "not_a_factor": "a factor cannot be read, or is too small or too large",
    "not_a_gift": "what a rule gives cannot be read",
    "not_a_length": "a length of time cannot be read",
    "not_a_length_of_days": "a length of time is in hours where whole days are needed",
    "not_a_limit": "a limit cannot be read",
    "not_a_list": "something else stands where a list is needed",
    "not_a_local_time": "a time in a story cannot be read",
    "not_a_number_of_order": "which order is meant cannot be read",
    "not_a_part": "something else stands where a part with words of its own is needed",
    "not_a_share": "a share in per cent cannot be read",
    "not_a_term": "how long something lasts cannot be read",
    "not_a_weekday": "a weekday cannot be read",
    "not_a_window": "the window in which growth counts cannot be read",
    "not_a_word": "something else stands where a word or a phrase is needed",
    "not_a_worth": "what points are worth cannot be read",
    "not_an_amount": "an amount of money cannot be read",
    "not_entries": "a story expects entries, and does not list them",
    "not_held_to_yet": "warning: what is written is read, and has no effect yet",
    "not_hours": "hours of a day cannot be read",
    "not_in_program": "a name is said of which the program has no such part",
    "not_names": "something else stands where names with their values are needed",
    "not_one_word": "a story expects one word, and says something else",
    "not_points": "a number of points cannot be read",
    "not_possible_yet": "a step of a story tells what the engine does not know yet",
    "not_rolling": "a rolling window cannot be read",
    "not_whole": "something else stands where a whole number is needed",
    "not_words": "a story expects a list of words, and says something else",
    "not_yaml": "the text is not YAML",
    "nothing_to_multiply": "a bare factor stands in a program without a rule that gives points per money",
    "one_of": "something else stands where one of a few words is needed",
    "only_orders_are_fulfilled": "points that no order earns wait until it is fulfilled",
    "only_orders_have_basis": "a rule that is not on orders has a basis",
    "only_orders_have_this": "a condition on orders stands where there is none",
    "only_orders_multiply": "a rule that is not on orders multiplies, or gives per money or unit",
    "order_earns_its_worth": "warning: what a rule gives is worth as much as the order, or more",
    "order_of_another": "a step of a story tells an order as another member's",
    "order_unknown": "a step of a story names an order of which none before tells",
    "other_currency": "money is told in another currency than the program's",
    "other_program": "a document is published for another program than its own",
    "paid_only_not_possible": "paid_only stands where it has no meaning",
    "payment_not_awaited": "activities are to count at payment",
    "percent_of_points": "a share of money is given in points",
    "points_missing": "a step of a story says neither points nor a reward",
    "price_or_total": "a line of a story says its price and its total, or neither",
    "profile_without_needs": "a rule on profile does not say which details it needs",
    "program_missing": "a story has no program",
    "reach_of_invitation": "a tier by invitation has a reach",
    "referral_missing": "a rule is on referral, and the program does not say which order counts",
    "retain_above_reach": "staying in a tier needs more than reaching it",
    "rule_not_multiplied": "a multiplier names a rule that cannot be multiplied",
    "said_twice": "one word is said twice",
    "split_orders_earn": "warning: every order earns the same, however small",
    "starts_too_soon": "a version starts before it can be known",
    "step_too_early": "a step of a story is learned before the one above it",
    "story_empty": "a story has no steps",
    "streak_too_short": "a streak is shorter than two windows, or has no window",
    "tag": "YAML says what sort of value something is",
    "tier_kept_too_early": "a tier that nobody loses is reached by orders that may still come back",
    "tier_never_reached": "tiers grow by points that no rule gives",
    "tiers_changed": "a tier set of an earlier version grows by something else now",
    "tiers_not_rising": "a tier needs no more than the one below it",
    "timezone_changed": "a later version has another time zone",
    "timezone_unknown": "the time zone is not in the IANA database",
    "too_many_points": "a rule gives too many points for the smallest amount of money",
    "trigger_unknown": "a rule is on something that does not happen",
    "unit_unknown": "what a rule gives is no unit of a wallet",
    "value_not_possible": "a value is not one of those that are possible",
    "visits_without_growth": "visits are named in a tier set that does not grow by visits",
    "wallet_missing": "a program has no wallet",
    "wallet_name_not_possible": "the name of a wallet has other signs than small letters, `-` and `_`",
    "weekdays_exclude": "none of the weekdays that are asked for lies between the dates",
    "weight_of_nothing": "an activity that counts towards a tier weighs nothing",
    "weights_without_engagement": "activities have weights in a tier set that does not grow by engagement",
    "window_of_hours": "a rolling window is in hours",
    "word_missing": "a word that must be said is not there",
    "word_unknown": "a word has no meaning where it stands",
    "worth_missing": "points that nobody said the worth of are to become money",
}  # fmt: skip


class Problem(Struct, frozen=True):
    """One thing that is wrong: where (`earn[2].when.from`), what stands there, why by its code, and what may stand
    there: all that may, or examples. `told` holds what else a sentence names, `because` what it follows from."""

    path: str
    value: str
    code: str
    allowed: tuple[str, ...] = ()
    told: dict[str, str] = {}
    because: "tuple[Problem, ...]" = ()

    def __post_init__(self) -> None:
        assert self.code in CODES, self.code

    def __str__(self) -> str:
        return f"{self.path}: {self.value!r}: {self.code}"


class Wrong(ValueError):
    """What a reader of phrases raises; whoever calls it knows where the phrase stands."""

    def __init__(self, code: str, *allowed: str, **told: str) -> None:
        super().__init__(code)
        self.code, self.allowed, self.told = code, allowed, told

    def at(self, path: str, value: str) -> Problem:
        return Problem(path, value, self.code, self.allowed, self.told)
