"""A QR code as one small drawing."""

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

QUIET_ZONE = 4
"""Modules of white around it, as the standard asks."""


def svg_of(text: str, said: str) -> str:
    """Return the code for `text` as SVG, level M; `said` is what it is for those who hear it."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
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
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="172"'
        f' height="172" role="img" aria-label="{said}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{"".join(strokes)}"/></svg>'
    )
