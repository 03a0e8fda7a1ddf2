"""Which of our languages somebody means who says `zh_TW.UTF-8`, `zh-Hans-CN` or `de`."""

LANGUAGES = ("en", "zh-hant", "zh-hans")
# As documents write them.
TAGS = ("en", "zh-Hant", "zh-Hans")
# The words of a document that hold a text by language.
TEXTS = frozenset({"name", "picture", "terms", "unit"})
TRADITIONAL = ("tw", "hk", "mo", "hant")


def language_of(said: str) -> str:
    """English for whatever we do not speak."""
    parts = said.partition(".")[0].lower().replace("_", "-").split("-")
    if parts[0] != "zh":
        return "en"
    return "zh-hant" if any(part in TRADITIONAL for part in parts[1:]) else "zh-hans"


def is_spoken(said: str) -> bool:
    """Whether somebody means one of ours, in whichever country."""
    return said.partition(".")[0].lower().replace("_", "-").partition("-")[0] in ("en", "zh")
