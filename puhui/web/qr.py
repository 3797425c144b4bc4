"""QR codes as small drawings."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

QUIET_ZONE = 4
"""Modules of white around it, as the standard asks."""


def modules_of(text: str) -> NDArray[np.bool_]:
    """Return the modules by row and column, dark ones true, without quiet zone. Level M."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    return np.array(code.get_matrix(), dtype=bool)


def svg_of(text: str, said: str | None = None) -> str:
    """Return the code as SVG.

    With `said`, what it is for those who hear it, it is a picture of 172 pixels to stand in a
    page; without, a drawing that takes the size of its place.
    """
    return svg_of_modules(modules_of(text), said)


def svg_of_modules(modules: NDArray[np.bool_], said: str | None = None) -> str:
    """Return the modules as one SVG path, each run of dark ones in a row one stroke."""
    wide = np.pad(modules, QUIET_ZONE).astype(np.int8)
    size = len(wide)
    change = np.diff(wide, axis=1)
    starts, ends = np.argwhere(change == 1), np.argwhere(change == -1)
    strokes = "".join(
        f"M{x + 1} {y}h{end - x}v1h-{end - x}z"
        for (y, x), (_, end) in zip(starts.tolist(), ends.tolist(), strict=True)
    )
    spoken = "" if said is None else f'width="172" height="172" role="img" aria-label="{said}" '
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" {spoken}'
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}H0z"/>'
        f'<path d="{strokes}"/></svg>'
    )


def png_of(text: str, module_pixels: int = 12) -> bytes:
    """Return the code as a PNG, each module so many pixels wide."""
    return png_of_modules(modules_of(text), module_pixels)


def png_of_modules(modules: NDArray[np.bool_], module_pixels: int = 12) -> bytes:
    """Return the modules as a PNG likewise."""
    light = ~np.pad(modules, QUIET_ZONE)
    image = Image.fromarray(light.repeat(module_pixels, axis=0).repeat(module_pixels, axis=1))
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
