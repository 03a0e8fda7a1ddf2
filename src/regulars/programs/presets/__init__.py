"""Programs to begin with, as documents; `tea-house` has a story beside it."""

from importlib.resources import files

PRESETS = ("grocer", "tea-house")


def preset(name: str) -> str:
    """The document's text."""
    assert name in PRESETS, f"no such preset: {name}"
    return files(__name__).joinpath(f"{name}.yaml").read_text()
