"""What a step asks of us: the decisions that are taken under the lock, or refused."""

from regulars.engine import facts
from regulars.engine.facts import Fact
from regulars.ledger import contents
from regulars.programs.stories import written
from regulars.programs.stories.deeds import Deed, lot_of
from regulars.programs.stories.drawing import draw
from regulars.programs.stories.script import Here, key_of

# What a reward costs is known when it is asked for: a tier may pay less.
UNPRICED = -1


def redeem(here: Here, raw: written.RawRedeem) -> Fact:
    wallet, points = _cost(here, raw)
    return facts.Redemption(raw.id or here.name, wallet, points, here.at, _order(raw.order), raw.reward)


def hold(here: Here, raw: written.RawHold) -> Fact:
    wallet, points = _cost(here, raw)
    until = here.script.take(f"{here.path}.for", raw.lasts, lambda said: here.script.later(here.at, said), here.at)
    return facts.Hold(raw.id or here.name, wallet, points, here.at, until, _order(raw.order), raw.reward)


def _cost(here: Here, raw: written.RawRedeem | written.RawHold) -> tuple[str, int]:
    """(wallet, points), as said or as the reward will cost."""
    script, path = here.script, here.path
    reward = script.versions[-1].rewards.get(raw.reward)
    if raw.reward and reward is None:
        script.blame(f"{path}.reward", raw.reward, "not_in_program", *script.versions[-1].rewards, sort="reward")
    if not raw.points and not raw.reward:
        script.blame(path, "", "points_missing")
    wallet, name = script.wallet(f"{path}.wallet", raw.wallet or (reward.wallet if reward else "")), raw.id or here.name
    if name in script.spent:
        script.blame(f"{path}.id", name, "name_taken", sort="redemption")
    elif not here.is_refused:
        script.spent[name] = wallet
        if reward and (reward.gives.is_draw or contents.goes_in(reward.gives)):
            script.bought.add(name)
    return wallet, script.points(f"{path}.points", raw.points, wallet, UNPRICED if reward else 0)


def _order(name: str) -> str:
    return key_of(name) if name else ""


def capture(here: Here, raw: str) -> Fact:
    return facts.Capture(here.name, raw, here.at)


def release(here: Here, raw: str) -> Fact:
    return facts.Release(here.name, raw, here.at)


def restore(here: Here, raw: written.RawRestore) -> Fact:
    wallet = here.script.spent.get(raw.redemption, "")
    points = here.script.points(f"{here.path}.points", raw.points, wallet) if raw.points else None
    if raw.points and raw.redemption in here.script.bought:
        here.script.blame(f"{here.path}.points", "points", "word_unknown", "redemption")
    return facts.Restoration(here.name, raw.redemption, here.at, points)


def transfer(here: Here, raw: written.RawTransfer) -> Fact:
    """To somebody else of the story: what nobody receives would be lost."""
    others = [name for name in here.script.members if name != here.member]
    if not others:
        here.script.blame(f"{here.path}.to", raw.to, "word_missing", word="others")
    elif raw.to not in others:
        here.script.blame(f"{here.path}.to", raw.to, "one_of", *others)
    wallet = here.script.wallet(f"{here.path}.wallet", raw.wallet)
    points = here.script.points(f"{here.path}.points", raw.points, wallet)
    return facts.Transfer(here.name, wallet, points, here.at, raw.to)


def receive(here: Here, raw: written.RawReceive) -> Fact:
    wallet = here.script.wallet(f"{here.path}.wallet", raw.wallet)
    lots = tuple(lot_of(here, f"{here.path}.lots[{place}]", one, wallet) for place, one in enumerate(raw.lots))
    return facts.Received(here.name, wallet, lots, here.at, raw.cause)


def adjust(here: Here, raw: written.RawAdjust) -> Fact:
    wallet = here.script.wallet(f"{here.path}.wallet", raw.wallet)
    points = here.script.points(f"{here.path}.points", raw.points, wallet)
    return facts.Adjustment(here.name, wallet, points, here.at, raw.reason, raw.actor, raw.approver)


def grant(here: Here, raw: written.RawGrant) -> Fact:
    """On the program's main tier set, unless it says which."""
    sets = here.script.versions[-1].tier_sets
    if raw.set and raw.set not in sets:
        here.script.blame(f"{here.path}.set", raw.set, "not_in_program", *sets, sort="tier set")
    until = here.script.maybe(f"{here.path}.until", raw.until)
    name = raw.set or next(iter(sets), "")
    return facts.TierGrant(here.name, name, raw.tier, here.at, until, raw.reason, raw.actor)


def merge(here: Here, raw: written.RawMerge | str) -> Fact:
    """The member of the step has everything from now on; a merge is called as the member whom it absorbs."""
    said = written.RawMerge(raw) if isinstance(raw, str) else raw
    if said.absorbs not in here.script.members:
        here.script.blame(here.path, said.absorbs, "one_of", *here.script.members)
    key, member = said.id or said.absorbs, here.member
    return facts.Merge(key, said.absorbs, member, here.at, member, said.reason, said.actor)


def unmerge(here: Here, raw: written.RawUnmerge | str) -> Fact:
    said = written.RawUnmerge(raw) if isinstance(raw, str) else raw
    return facts.Unmerge(here.name, said.merge, here.at, said.reason, said.actor)


def close(here: Here, raw: written.RawClose) -> Fact:
    return facts.Closing(here.name, here.at, raw.reason, raw.actor)


def claim(here: Here, raw: str) -> Fact:
    """What a guest bought is the order of the member of this step."""
    if raw not in here.script.members:
        here.script.blame(here.path, raw, "one_of", *here.script.members)
    return facts.Claimed(raw, raw, here.member, here.at, here.member)


REQUESTS: dict[str, Deed] = {
    "redeem": redeem,
    "hold": hold,
    "draw": draw,
    "capture": capture,
    "release": release,
    "restore": restore,
    "transfer": transfer,
    "receive": receive,
    "adjust": adjust,
    "grant": grant,
    "merge": merge,
    "unmerge": unmerge,
    "close": close,
    "claim": claim,
}
