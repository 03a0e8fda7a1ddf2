"""Programs to begin with, as documents."""

from importlib.resources import files

PRESETS = ("grocer",)


def preset(name: str) -> str:
    """The document's text."""
    assert name in PRESETS, f"no such preset: {name}"
    return files(__name__).joinpath(f"{name}.yaml").read_text()
