"""A lucky draw in a story: the number is said, or the seed and the name that it comes from; what follows from it."""

from regulars.engine.catalogue import Gives, Prize
from regulars.engine.facts import Fact
from regulars.engine.luck import MILLION, SEED_BYTES, number_drawn, place_won
from regulars.engine.problems import Wrong
from regulars.programs.stories import written
from regulars.programs.stories.script import Drawn, Here, whole


def draw(here: Here, raw: written.RawDraw) -> Fact | None:
    """Nothing by itself: what the prize gives goes into the account of whoever has a ticket."""
    prize, rewards = won(here, raw), here.script.versions[-1].rewards
    if prize is None:
        here.script.drawn = Drawn(raw.reward)
    elif prize.cost:
        here.script.drawn = Drawn(raw.reward, prize.name, Gives("credit", cost=prize.cost))
    else:
        given = rewards.get(prize.reward)
        here.script.drawn = Drawn(raw.reward, prize.name, given.gives if given else None)
    return None


def won(here: Here, raw: written.RawDraw) -> Prize | None:
    rewards = here.script.versions[-1].rewards
    draws = [name for name, one in rewards.items() if one.gives.is_draw]
    if raw.reward not in draws:
        here.script.blame(f"{here.path}.reward", raw.reward, "not_in_program", *draws, sort="reward")
        return None
    prizes = rewards[raw.reward].gives.prizes
    number = _number(here, raw)
    place = None if number is None else place_won(prizes, number)
    return None if place is None else prizes[place]


def _number(here: Here, raw: written.RawDraw) -> int | None:
    if raw.number:
        return here.script.take(f"{here.path}.number", raw.number, _in_a_million, None)
    seed = here.script.take(f"{here.path}.seed", raw.seed, _seed, None)
    if not raw.seed or not raw.name:
        here.script.blame(here.path, "", "draw_without_number")
    return None if seed is None else number_drawn(seed, raw.name)


def _in_a_million(text: str) -> int:
    found = whole(text)
    if not 0 <= found < MILLION:
        raise Wrong("number_not_drawn", f"0 … {MILLION - 1}")
    return found


def _seed(text: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != SEED_BYTES:
        raise Wrong("seed_not_hex")
    return found
