"""A code as a picture that scanners read: SVG, black on nothing, of any size."""

from io import BytesIO

import segno

# A fifteenth of the picture may be scratched or covered.
CORRECTION = "m"


def svg(code: str) -> str:
    """Colours, sizes and title are left to whoever shows it."""
    drawn = BytesIO()
    symbol = segno.make_qr(code, error=CORRECTION)
    symbol.save(drawn, kind="svg", xmldecl=False, svgns=True, omitsize=True, nl=False)
    return drawn.getvalue().decode()
