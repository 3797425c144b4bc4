"""QR codes as small drawings."""

from io import BytesIO

from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

QUIET_ZONE = 4
"""Modules of white around it, as the standard asks."""


def matrix_of(text: str) -> list[list[bool]]:
    """Return the modules, dark ones true, quiet zone included. Level M."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE)
    code.add_data(text)
    code.make(fit=True)
    return [[bool(module) for module in row] for row in code.get_matrix()]


def svg_of(text: str, said: str | None = None) -> str:
    """Return the code as one SVG path, each run of dark modules in a row one stroke.

    With `said`, what it is for those who hear it, it is a picture of 172 pixels to stand in a
    page; without, a drawing that takes the size of its place.
    """
    matrix = matrix_of(text)
    size = len(matrix)
    strokes = []
    for y, row in enumerate(matrix):
        x = 0
        while x < size:
            run = x
            while run < size and row[run] == row[x]:
                run += 1
            if row[x]:
                strokes.append(f"M{x} {y}h{run - x}v1h-{run - x}z")
            x = run
    spoken = "" if said is None else f'width="172" height="172" role="img" aria-label="{said}" '
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" {spoken}'
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
        f'<path d="{"".join(strokes)}"/></svg>'
    )


def png_of(text: str, module_pixels: int = 12) -> bytes:
    """Return the code as a PNG, each module so many pixels wide."""
    matrix = matrix_of(text)
    image = Image.new("1", (len(matrix), len(matrix)), 1)
    image.putdata([0 if dark else 1 for row in matrix for dark in row])
    side = len(matrix) * module_pixels
    out = BytesIO()
    image.resize((side, side), Image.Resampling.NEAREST).save(out, "PNG", optimize=True)
    return out.getvalue()
