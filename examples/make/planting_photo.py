"""Draw `examples/planting.jpg`: seedlings on a hillside, with what a phone would write into it.

It is a drawing and says so in its metadata; nothing in it was taken from anybody. Run

    python examples/make/planting_photo.py

and the same picture comes out again.
"""

from fractions import Fraction
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

PLACE = Path(__file__).resolve().parents[1] / "planting.jpg"
SIZE = (1600, 1200)
TAKEN = "2026:03:12 09:26:40"
NORTH = (Fraction(26), Fraction(43), Fraction(5556, 100))
EAST = (Fraction(117), Fraction(28), Fraction(1632, 100))
SEEDLINGS = ((0.20, 0.80, 1.25), (0.47, 0.72, 1.05), (0.73, 0.83, 1.35))
"""Three of them: where they stand across and down the picture, and how tall."""


def picture() -> Image.Image:
    """Return the hillside."""
    dice = np.random.default_rng(20260312)
    image = _sky(dice)
    draw = ImageDraw.Draw(image)
    for depth, (level, colour) in enumerate(
        ((0.40, (134, 160, 160)), (0.46, (104, 139, 122)), (0.53, (74, 113, 84)))
    ):
        _ridge(draw, dice, level, colour, rough=22 + 14 * depth)
    _slope(draw, dice)
    image = image.filter(ImageFilter.GaussianBlur(1.2))
    draw = ImageDraw.Draw(image)
    for across, down, height in SEEDLINGS:
        _seedling(draw, dice, across * SIZE[0], down * SIZE[1], height)
    grain = dice.normal(0, 5.5, (SIZE[1], SIZE[0], 1))
    pixels = np.asarray(image, dtype=np.float64) + grain
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8), "RGB")


def _sky(dice: np.random.Generator) -> Image.Image:
    height = np.linspace(0, 1, SIZE[1])[:, None, None]
    top, bottom = np.array([158, 190, 214]), np.array([226, 230, 222])
    sky = np.broadcast_to(top + (bottom - top) * height, (SIZE[1], SIZE[0], 3)).copy()
    cloud = Image.fromarray(dice.integers(0, 255, (9, 16), dtype=np.uint8), "L")
    veil = np.asarray(cloud.resize(SIZE, Image.Resampling.BICUBIC), dtype=np.float64)[..., None]
    sky += (veil - 120).clip(0) / 5
    return Image.fromarray(sky.clip(0, 255).astype(np.uint8), "RGB")


def _ridge(
    draw: ImageDraw.ImageDraw,
    dice: np.random.Generator,
    level: float,
    colour: tuple[int, int, int],
    rough: int,
) -> None:
    steps = np.cumsum(dice.normal(0, 1, 65))
    steps -= np.linspace(steps[0], steps[-1], 65)
    across = np.linspace(0, SIZE[0], 65)
    line = [(x, level * SIZE[1] + rough * s) for x, s in zip(across, steps, strict=True)]
    draw.polygon([(0, SIZE[1]), *line, (SIZE[0], SIZE[1])], fill=colour)


def _shade(dice: np.random.Generator, colour: tuple[int, int, int], much: float) -> tuple[int, ...]:
    """Return a colour a little lighter or darker, and hardly another."""
    found = np.array(colour) + dice.normal(0, much) + dice.normal(0, 4, 3)
    return tuple(int(part) for part in found.clip(0, 255))


def _slope(draw: ImageDraw.ImageDraw, dice: np.random.Generator) -> None:
    """Draw the planted ground: terraces of red earth, grass between them."""
    draw.polygon(
        [(0, 0.60 * SIZE[1]), (SIZE[0], 0.54 * SIZE[1]), SIZE, (0, SIZE[1])], fill=(126, 92, 62)
    )
    for _ in range(5200):
        x = dice.uniform(0, SIZE[0])
        y = dice.uniform(0.56 * SIZE[1], SIZE[1])
        near = y / SIZE[1]
        earth = _shade(dice, (132, 94, 62), 14)
        size = 2 + 9 * (near - 0.5)
        draw.ellipse((x, y, x + 3 * size, y + size), fill=earth)
    for terrace in np.linspace(0.63, 0.97, 6):
        for _ in range(900):
            x = dice.uniform(0, SIZE[0])
            y = terrace * SIZE[1] + dice.normal(0, 9) - 0.03 * x
            green = _shade(dice, (92, 122, 58), 18)
            length = dice.uniform(6, 26) * terrace
            lean = dice.normal(0, 5)
            draw.line(
                (x, y, x + lean, y - length),
                fill=green,
                width=2,
            )


def _seedling(
    draw: ImageDraw.ImageDraw, dice: np.random.Generator, x: float, y: float, height: float
) -> None:
    """Draw a young camphor beside its stake, in its ring of fresh earth."""
    draw.ellipse((x - 95 * height, y - 18, x + 95 * height, y + 34), fill=(96, 64, 40))
    draw.ellipse((x - 70 * height, y - 10, x + 70 * height, y + 20), fill=(112, 76, 48))
    top = y - 330 * height
    draw.line((x + 26, y + 6, x + 22, top + 60), fill=(186, 160, 118), width=int(9 * height))
    draw.line((x, y + 4, x + 5, top), fill=(98, 74, 50), width=int(7 * height))
    draw.line((x - 2, y - 150 * height, x + 27, y - 158 * height), fill=(220, 214, 200), width=5)
    for _ in range(150):
        along = dice.beta(1.6, 1.9)
        spread = (1.05 - along) * 88 * height
        at = np.array([x + dice.normal(0, spread / 1.7), y - (95 + 250 * along) * height])
        leaf = _shade(dice, (68, 122, 52), 22)
        long, wide = dice.uniform(11, 24) * height, dice.uniform(5, 10) * height
        turn = dice.uniform(0, np.pi)
        ahead = np.array([np.cos(turn), np.sin(turn)])
        aside = np.array([-ahead[1], ahead[0]])
        outline = [at - ahead * long, at + aside * wide, at + ahead * long, at - aside * wide]
        draw.polygon(
            [(float(point[0]), float(point[1])) for point in outline],
            fill=leaf,
        )


def photograph() -> bytes:
    """Return the picture as a phone would store it, with time and place."""
    exif = Image.Exif()
    exif[0x010E] = "A drawing made for the examples of Puhui; not a photograph"
    exif[0x0132] = TAKEN
    inner = exif.get_ifd(0x8769)
    inner[0x9003], inner[0x9011] = TAKEN, "+08:00"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", NORTH, "E", EAST
    gps[18] = "WGS-84"
    content = BytesIO()
    picture().save(content, "JPEG", quality=86, exif=exif.tobytes())
    return content.getvalue()


if __name__ == "__main__":
    PLACE.write_bytes(photograph())
