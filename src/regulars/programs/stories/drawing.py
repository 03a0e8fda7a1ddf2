"""A lucky draw in a story: the number is said, or the seed and the name that it comes from; what follows from it."""

from regulars.engine.facts import Fact
from regulars.engine.luck import MILLION, SEED_BYTES, number_drawn
from regulars.engine.problems import Wrong
from regulars.programs.stories import written
from regulars.programs.stories.script import Drawn, Here, whole


def draw(here: Here, raw: written.RawDraw) -> Fact | None:
    """Nothing by itself: what the prize gives goes into the account of whoever has a ticket."""
    rewards = {name: one for version in here.script.versions for name, one in version.rewards.items()}
    draws = [name for name, one in rewards.items() if one.gives.is_draw]
    if raw.reward not in draws:
        here.script.blame(f"{here.path}.reward", raw.reward, "not_in_program", *draws, sort="reward")
    number = _number(here, raw)
    if number is not None:
        here.script.drawn = Drawn(raw.reward, number)
    return None


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
