"""Programs to begin with, as documents, each with a story beside it that proves what it promises."""

from importlib.resources import files

# Types of programs, to choose from.
TYPES = (
    "points",
    "spend-based",
    "goals",
    "tiered",
    "cashback",
    "stamp-card",
    "paid-membership",
    "referral-led",
    "coalition",
    "coffee-stars",
    "coffee-stars-2025",
    "department-store-stars",
    "prime-plan",
)
# Of the demonstration, and of the manual.
EXAMPLES = ("grocer", "tea-house")
PRESETS = (*TYPES, *EXAMPLES)


def preset(name: str) -> str:
    """The document's text."""
    assert name in PRESETS, f"no such preset: {name}"
    return files(__name__).joinpath(f"{name}.yaml").read_text("utf-8")


def story(name: str) -> str:
    """The story's text."""
    assert name in TYPES, f"no such story: {name}"
    return files(__name__).joinpath(f"{name}.story.yaml").read_text("utf-8")
