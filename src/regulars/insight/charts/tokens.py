"""The colours of charts, by role, in both modes: the same as in the console's tokens.css, which a test compares.

Jade carries what is measured, persimmon asks for attention. The two differ in lightness from their soft shades too, so
that nothing is told by hue alone.
"""

from typing import Literal

Theme = Literal["light", "dark"]

TOKENS: dict[Theme, dict[str, str]] = {
    "light": {
        "paper": "#faf8f3",
        "surface": "#fffefc",
        "ink": "#23201b",
        "muted": "#68625a",
        "line": "#e7e2d7",
        "edge": "#8e877b",
        "accent": "#0d6953",
        "accent-soft": "#e2f0ea",
        "on-accent": "#fffefc",
        "attention": "#a8430e",
        "attention-soft": "#fbecdf",
    },
    "dark": {
        "paper": "#171613",
        "surface": "#1f1d1a",
        "ink": "#efeae0",
        "muted": "#aaa397",
        "line": "#34312c",
        "edge": "#7f796f",
        "accent": "#64c9a8",
        "accent-soft": "#1b352c",
        "on-accent": "#0c1f18",
        "attention": "#f29a63",
        "attention-soft": "#3b2719",
    },
}

LATIN = "ui-sans-serif, -apple-system, Segoe UI, Roboto, Helvetica Neue, Noto Sans, Liberation Sans, Arial"
FONTS: dict[str, str] = {
    "en": f"{LATIN}, sans-serif",
    "zh-hant": f"{LATIN}, PingFang TC, Microsoft JhengHei, Noto Sans TC, Noto Sans CJK TC, sans-serif",
    "zh-hans": f"{LATIN}, PingFang SC, Microsoft YaHei, Noto Sans SC, Noto Sans CJK SC, sans-serif",
}
