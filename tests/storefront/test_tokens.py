"""Colours can be read by everyone: contrast is computed from the token file itself, in both modes."""

import re
from pathlib import Path

import pytest

from regulars.programs.models import Program

TOKENS = Path("src/regulars/storefront/static/storefront/css/tokens.css").read_text()
ACCENTS = Path("src/regulars/storefront/static/storefront/css/accents.css").read_text()
COLOUR = re.compile(r"--([\w-]+): light-dark\((#\w{6}, #\w{6})\)")
COLOURS = dict(COLOUR.findall(TOKENS))
GROUNDS = ("paper", "surface", "raised", "sunken")
TEXTS = ("ink", "muted", "accent", "accent-strong", "attention", "positive", "negative")
PAIRS = [
    *((text, ground) for text in TEXTS for ground in GROUNDS),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("accent-strong", "accent-soft"),
    ("attention", "attention-soft"),
    ("ink", "attention-soft"),
    ("negative", "negative-soft"),
]


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read(text: str, ground: str, mode: int) -> None:
    assert contrast(colour(text, mode), colour(ground, mode)) >= 4.5


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "surface", "raised"])
def test_the_border_of_a_control_can_be_seen(ground: str, mode: int) -> None:
    assert contrast(colour("edge", mode), colour(ground, mode)) >= 3


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("accent", Program.ACCENTS[1:])
def test_every_colour_that_a_shop_may_choose_can_be_read(accent: str, mode: int) -> None:
    block = re.search(rf'data-accent="{accent}"\] {{(.*?)}}', ACCENTS, re.DOTALL)
    assert block
    own = {name: found.split(", ")[mode] for name, found in COLOUR.findall(block[1])}
    assert own.keys() == {"accent", "accent-strong", "accent-soft", "on-accent"}
    colours = {name: colour(name, mode) for name in COLOURS} | own
    for text, ground in PAIRS:
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)


def colour(name: str, mode: int) -> str:
    return COLOURS[name].split(", ")[mode]


def contrast(one: str, other: str) -> float:
    """As WCAG 2.2 defines it."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
