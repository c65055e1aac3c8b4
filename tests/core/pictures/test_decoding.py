"""Files: decoded whichever way they were made, refused in plain words."""

import io
import struct
import zlib

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from mnistlab.core.arrays import Ink
from mnistlab.core.errors import PictureError
from mnistlab.core.pictures.decoding import MAX_BYTES, WORKING_SIDE, colours_on_paper, read_picture

Grey = NDArray[np.float64]


def decode(content: bytes) -> Ink:
    """Return how much each pixel differs from the paper at the border, 1 being most."""
    grey = colours_on_paper(read_picture(content)).mean(axis=2, dtype=np.float32)
    difference = np.abs(grey - np.float32(np.median(grey[0])))
    share: Ink = difference / difference.max()
    return share


def encode(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def picture(brightness: NDArray[np.floating]) -> Image.Image:
    return Image.fromarray(brightness.clip(0, 255).round().astype(np.uint8))


def bar(paper: float = 240, ink: float = 30) -> Grey:
    """A sheet of 400 by 300 with a bar of 200 by 20 in its middle, for a 1."""
    sheet = np.full((400, 300), float(paper))
    sheet[100:300, 140:160] = ink
    return sheet


def is_bar(ink: Ink) -> bool:
    """Whether the bar, all of it and nothing else, was found."""
    inked = ink > 0.5
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    found = (rows[0], rows[-1], columns[0], columns[-1])
    return ink.shape == (400, 300) and np.abs(np.subtract(found, (100, 299, 140, 159))).max() <= 1


class TestAPhoto:
    @pytest.mark.parametrize("kind", ["PNG", "JPEG"])
    def test_may_be_large(self, kind: str) -> None:
        large = picture(np.kron(bar(), np.ones((8, 8))))
        ink = decode(encode(large, kind, subsampling=0))
        assert ink.shape == (WORKING_SIDE, WORKING_SIDE * 3 // 4)
        assert (ink > 0.5).mean() == pytest.approx(200 * 20 / (400 * 300), rel=0.05)

    def test_may_lie_as_the_camera_was_held(self) -> None:
        ways = Image.Transpose
        turned = {2: ways.FLIP_LEFT_RIGHT, 3: ways.ROTATE_180, 4: ways.FLIP_TOP_BOTTOM}
        # What a viewer must do to see it upright, undone.
        turned |= {5: ways.TRANSPOSE, 6: ways.ROTATE_90, 7: ways.TRANSVERSE, 8: ways.ROTATE_270}
        lopsided = bar()
        lopsided[100:120, 160:220] = 30
        upright = decode(encode(picture(lopsided), "JPEG", quality=95))
        for orientation, way in turned.items():
            exif = Image.Exif()
            exif[0x0112] = orientation
            content = encode(picture(lopsided).transpose(way), "JPEG", exif=exif, quality=95)
            assert np.allclose(decode(content), upright, atol=0.2), orientation

    def test_may_have_damaged_exif_data(self) -> None:
        content = encode(picture(bar()), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"x" * 9)
        assert is_bar(decode(content))


class TestAFile:
    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
    def test_may_be_a_png_of_any_mode(self, mode: str) -> None:
        assert is_bar(decode(encode(picture(bar(255, 0)).convert(mode))))

    @pytest.mark.parametrize("mode", ["L", "RGB", "CMYK", "YCbCr"])
    def test_may_be_a_jpeg_of_any_mode(self, mode: str) -> None:
        content = encode(picture(bar()).convert(mode), "JPEG", quality=95)
        assert is_bar(decode(content))

    def test_may_have_16_bits(self) -> None:
        deep = Image.fromarray((bar() * 257).astype(np.uint16))
        assert is_bar(decode(encode(deep)))

    @pytest.mark.parametrize("highest", [1023, 4095])
    def test_may_use_fewer_of_16_bits(self, highest: int) -> None:
        deep = Image.fromarray((bar(255, 0) * (highest / 255)).astype(np.uint16))
        assert is_bar(decode(encode(deep)))

    def test_may_have_sixteen_levels(self) -> None:
        content = encode(picture(bar(0, 16)))
        assert is_bar(decode(content))
        assert colours_on_paper(read_picture(content)).max() == 255

    def test_may_move_and_its_first_picture_counts(self) -> None:
        blank = picture(np.full((400, 300), 240.0))
        content = encode(picture(bar()), save_all=True, append_images=[blank, blank])
        assert is_bar(decode(content))

    @pytest.mark.parametrize("ink", [0, 255])
    def test_may_be_transparent_where_there_is_no_ink(self, ink: int) -> None:
        alpha = picture(bar(0, 255))
        grey = Image.new("L", alpha.size, ink)
        assert is_bar(decode(encode(Image.merge("LA", (grey, alpha)))))

    def test_may_be_transparent_in_the_corners(self) -> None:
        alpha = picture(np.full((400, 300), 255.0))
        alpha.paste(0, (0, 0, 40, 40))
        alpha.paste(0, (260, 360, 300, 400))
        assert is_bar(decode(encode(Image.merge("LA", (picture(bar()), alpha)))))

    @pytest.mark.parametrize("mode", ["P", "L"])
    def test_may_name_a_transparent_colour(self, mode: str) -> None:
        image = picture(bar(7, 200)).convert(mode)
        key = image.getpixel((0, 0))
        assert is_bar(decode(encode(image, transparency=key)))


def png_of_size(width: int, height: int) -> bytes:
    """A PNG file that says it has this size, with nothing behind it."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    checksum = struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + checksum + b"\0\0\0\0IDAT"


WHOLE = {"PNG": encode(picture(bar())), "JPEG": encode(picture(bar()), "JPEG")}
DAMAGED = "The picture is damaged, or its end is missing."
NOT_ONE = "This is not a PNG or JPEG picture."
REFUSED = {
    "text": (b"this is no picture", NOT_ONE),
    "empty": (b"", NOT_ONE),
    "another kind": (encode(Image.new("L", (50, 50)), "GIF"), NOT_ONE),
    "png cut short": (WHOLE["PNG"][:-40], DAMAGED),
    "jpeg cut short": (WHOLE["JPEG"][:-400], DAMAGED),
    "png with a wrong checksum": (WHOLE["PNG"].replace(b"IDATx", b"IDATy", 1), DAMAGED),
    "10,000 by 10,000": (
        png_of_size(10_000, 10_000),
        "The picture is too large: 10,000×10,000 pixels.",
    ),
    "one side too long": (png_of_size(10_001, 4), "The picture is too large: 10,001×4 pixels."),
    "a bomb": (png_of_size(60_000, 60_000), "The picture is too large: more than 100 million"),
    "too many bytes": (
        b"\x89PNG" + bytes(MAX_BYTES),
        "The file has 10,485,764 bytes, more than 10,485,760.",
    ),
}


@pytest.mark.parametrize(("content", "problem"), REFUSED.values(), ids=list(REFUSED))
def test_is_refused_with_a_remedy(content: bytes, problem: str) -> None:
    with pytest.raises(PictureError) as refusal:
        decode(content)
    assert refusal.value.problem.startswith(problem)
    assert refusal.value.remedy.endswith(".")


@pytest.mark.parametrize("kind", WHOLE)
def test_no_damage_makes_another_error(kind: str) -> None:
    """Bytes are changed and ends cut off; each file is read or refused, and warns of nothing."""
    random = np.random.default_rng(1998)
    for _ in range(150):
        content = bytearray(WHOLE[kind])
        for place in random.integers(0, len(content), 3):
            content[place] = random.integers(256)
        try:
            decoded = read_picture(bytes(content[: random.integers(len(content)) * 2]))
        except PictureError:
            continue
        assert colours_on_paper(decoded).shape == (*decoded.size[::-1], 3)
