"""A photograph is judged by what it is; our copy says nothing but what it shows."""

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from PIL import Image

from puhui.evidence.phash import bands, distance
from puhui.evidence.photo import LONGEST_SIDE, take_in
from tests.makers.photo import CHANGKOU, photograph, picture

# A camera writes the hour of the place, without a zone.
HALF_PAST_NINE = datetime(2026, 3, 12, 9, 30)  # noqa: DTZ001


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_jpeg_png_and_webp_become_a_jpeg(form: str) -> None:
    intake = take_in(photograph(form=form))
    copy = Image.open(BytesIO(intake.content))
    assert (copy.format, copy.size) == ("JPEG", (640, 480))


def test_time_and_place_are_read_and_then_gone() -> None:
    intake = take_in(photograph(taken=HALF_PAST_NINE, place=CHANGKOU, comment=b"from Li's phone"))
    assert intake.capture.taken_at == datetime(2026, 3, 12, 1, 30, tzinfo=UTC)
    assert intake.capture.zone_assumed
    assert intake.capture.latitude == Decimal("26.7321")
    assert intake.capture.longitude == Decimal("117.4712")
    copy = Image.open(BytesIO(intake.content))
    assert dict(copy.getexif()) == {}
    assert set(copy.info) == {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"from Li" not in intake.content
    assert b"Exif" not in intake.content


def test_a_stated_time_zone_is_believed() -> None:
    tokyo = datetime.fromisoformat("2026-03-12T10:30:00+09:00")
    capture = take_in(photograph(taken=tokyo)).capture
    assert capture.taken_at == datetime(2026, 3, 12, 1, 30, tzinfo=UTC)
    assert not capture.zone_assumed


def test_the_southern_and_western_hemispheres_are_negative() -> None:
    capture = take_in(photograph(place=(-33.9, -70.5))).capture
    assert (capture.latitude, capture.longitude) == (Decimal("-33.9"), Decimal("-70.5"))


def test_nonsense_in_the_metadata_reads_as_nothing() -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "yesterday, I think"
    exif.get_ifd(0x8825).update({1: "N", 2: (999.0, 0.0, 0.0), 3: "E", 4: (1.0, 2.0, 3.0)})
    original = BytesIO()
    picture().save(original, "JPEG", exif=exif.tobytes())
    capture = take_in(original.getvalue()).capture
    assert (capture.taken_at, capture.latitude, capture.longitude) == (None, None, None)


def test_a_picture_taken_on_its_side_stands_upright() -> None:
    lying = take_in(photograph(orientation=6))
    assert (lying.width, lying.height) == (480, 640)
    upright = BytesIO()
    picture().transpose(Image.Transpose.ROTATE_270).save(upright, "JPEG")
    assert distance(lying.phash, take_in(upright.getvalue()).phash) <= 4


@pytest.mark.parametrize("size", [(5000, 4000), (300, 20_000), (2049, 2048)])
def test_our_copy_is_bounded_and_keeps_its_proportions(size: tuple[int, int]) -> None:
    intake = take_in(photograph(size=size))
    assert max(intake.width, intake.height) == LONGEST_SIDE
    assert intake.width / intake.height == pytest.approx(size[0] / size[1], rel=0.05)


def test_what_is_clear_becomes_white() -> None:
    original = BytesIO()
    Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(original, "PNG")
    copy = Image.open(BytesIO(take_in(original.getvalue()).content))
    assert copy.getpixel((150, 150)) == (255, 255, 255)


def test_a_second_picture_behind_the_first_is_left_behind() -> None:
    original = BytesIO()
    picture(1).save(original, "MPO", save_all=True, append_images=[picture(2)])
    intake = take_in(original.getvalue())
    assert distance(intake.phash, take_in(photograph(1)).phash) <= 4


def test_a_picture_saved_again_shrunk_or_brightened_stays_near() -> None:
    first = take_in(photograph(3)).phash
    again = take_in(take_in(photograph(3, quality=30)).content).phash
    small = take_in(photograph(3, size=(320, 240))).phash
    bright = BytesIO()
    picture(3).point([min(255, level + 12) for level in range(256)] * 3).save(bright, "JPEG")
    assert distance(first, again) <= 6
    assert distance(first, small) <= 15
    assert distance(first, take_in(bright.getvalue()).phash) <= 18


def test_other_pictures_are_far_away() -> None:
    hashes = [take_in(photograph(seed)).phash for seed in range(12)]
    pairs = [(one, other) for one in hashes for other in hashes if one is not other]
    assert min(distance(one, other) for one, other in pairs) > 40


def test_a_mirrored_picture_meets_the_mirrored_hash() -> None:
    mirrored = BytesIO()
    picture(5).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(mirrored, "PNG")
    assert distance(take_in(mirrored.getvalue()).mirrored_phash, take_in(photograph(5)).phash) <= 6


def test_hashes_fifteen_bits_apart_share_a_band() -> None:
    one = bytes(32)
    other = b"".join(bytes([0, 1]) for _ in range(15)) + bytes(2)
    assert distance(one, other) == 15
    assert set(bands(one)) & set(bands(other))
