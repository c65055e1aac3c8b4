"""Uploads: read whichever way they were made, refused in plain words."""

import io
import struct
import zlib

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from mnistlab.core.data.mnist import Digits
from mnistlab.core.drawing.mnist_image import to_mnist
from mnistlab.core.drawing.paper import Ink
from mnistlab.core.drawing.picture import MAX_BYTES, read_ink, read_picture
from mnistlab.core.errors import PictureError

Grey = NDArray[np.float64]


def decode_picture(content: bytes) -> Ink:
    return read_ink(read_picture(content))


def encode(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def picture(brightness: NDArray[np.floating]) -> Image.Image:
    return Image.fromarray(brightness.clip(0, 255).round().astype(np.uint8))


def written(pixels: NDArray[np.uint8], paper: float, ink: float, size: int = 300) -> Image.Image:
    """An MNIST digit (784,) as if it were written on a large sheet."""
    share = np.kron(pixels.reshape(28, 28) / 255, np.ones((8, 8)))
    sheet = np.full((size, size), float(paper))
    sheet[40:264, 30:254] += share * (ink - paper)
    return picture(sheet)


def likeness(content: bytes, pixels: NDArray[np.uint8]) -> float:
    """Return the correlation of what is read with the MNIST digit that was written."""
    return float(np.corrcoef(to_mnist(decode_picture(content)).ravel(), pixels / 255)[0, 1])


def bar(paper: float = 240, ink: float = 30) -> Grey:
    """A sheet of 400 by 300 with a bar of 200 by 20 in its middle, for a 1."""
    sheet = np.full((400, 300), float(paper))
    sheet[100:300, 140:160] = ink
    return sheet


def is_bar(ink: Ink) -> bool:
    """Whether the bar, all of it and nothing else, was found."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    found = (rows[0], rows[-1], columns[0], columns[-1])
    return ink.shape == (400, 300) and np.abs(np.subtract(found, (100, 299, 140, 159))).max() <= 1


@pytest.fixture
def seven(test_digits: Digits) -> NDArray[np.uint8]:
    """The first test digit, (784,)."""
    pixels: NDArray[np.uint8] = test_digits.pixels[0].numpy()
    return pixels


class TestADigitOfMnist:
    @pytest.mark.parametrize(("paper", "ink"), [(255, 0), (0, 255), (200, 60), (40, 180)])
    @pytest.mark.parametrize("kind", ["PNG", "JPEG"])
    def test_is_read_dark_on_light_and_light_on_dark(
        self, test_digits: Digits, paper: int, ink: int, kind: str
    ) -> None:
        alike = [
            likeness(encode(written(pixels, paper, ink), kind), pixels)
            for pixels in test_digits.pixels[:10].numpy()
        ]
        # A digit that comes out one pixel further to a side is still the digit.
        assert min(alike) > 0.7
        assert np.mean(alike) > 0.9

    def test_as_it_is_comes_back(self, test_digits: Digits) -> None:
        images = test_digits.pixels[:100].numpy()
        alike = [likeness(encode(Image.fromarray(p.reshape(28, 28))), p) for p in images]
        assert np.mean(np.array(alike) > 0.98) > 0.95

    def test_cut_out_closely_comes_back(self, seven: NDArray[np.uint8]) -> None:
        image = Image.fromarray(seven.reshape(28, 28))
        assert likeness(encode(image.crop(image.getbbox())), seven) > 0.9


class TestAPhoto:
    @pytest.mark.parametrize("light", [lambda y, x: 0.5 + x / 2, lambda y, x: 1 - y * y / 2])
    @pytest.mark.parametrize("ink", [0.2, 0.6])
    def test_may_be_unevenly_lit(self, light: object, ink: float) -> None:
        y, x = np.mgrid[0:1:400j, 0:1:300j]
        falling = light(y, x)  # type: ignore[operator]
        assert is_bar(decode_picture(encode(picture(bar(1, ink) * falling * 220))))

    def test_may_be_grainy_and_the_paper_is_clean(self) -> None:
        grain = np.random.default_rng(5).normal(0, 6, (400, 300))
        ink = decode_picture(encode(picture(bar(200, 50) + grain)))
        assert is_bar(ink)
        assert ink[110:290, 145:155].min() == 1

    def test_may_have_specks(self) -> None:
        dirty = bar()
        dirty[20:24, 30:34] = dirty[350:353, 280:282] = 0
        assert is_bar(decode_picture(encode(picture(dirty))))

    def test_may_be_of_squared_paper(self) -> None:
        squared = bar()
        squared[::25] = np.minimum(squared[::25], 180)
        squared[:, ::25] = np.minimum(squared[:, ::25], 180)
        assert is_bar(decode_picture(encode(picture(squared))))

    def test_keeps_all_parts_of_a_digit(self) -> None:
        parted = bar()
        parted[100:120, 200:260] = 30
        assert decode_picture(encode(picture(parted)))[105:115, 205:255].min() == 1

    @pytest.mark.parametrize("kind", ["PNG", "JPEG"])
    def test_may_be_large(self, kind: str) -> None:
        large = picture(np.kron(bar(), np.ones((8, 8))))
        ink = decode_picture(encode(large, kind, subsampling=0))
        assert max(ink.shape) <= 1_000
        assert to_mnist(ink).sum() == pytest.approx(20 * 2, abs=2)

    def test_may_lie_as_the_camera_was_held(self) -> None:
        ways = Image.Transpose
        turned = {2: ways.FLIP_LEFT_RIGHT, 3: ways.ROTATE_180, 4: ways.FLIP_TOP_BOTTOM}
        # What a viewer must do to see it upright, undone.
        turned |= {5: ways.TRANSPOSE, 6: ways.ROTATE_90, 7: ways.TRANSVERSE, 8: ways.ROTATE_270}
        lopsided = bar()
        lopsided[100:120, 160:220] = 30
        upright = to_mnist(decode_picture(encode(picture(lopsided), "JPEG", quality=95)))
        for orientation, way in turned.items():
            exif = Image.Exif()
            exif[0x0112] = orientation
            content = encode(picture(lopsided).transpose(way), "JPEG", exif=exif, quality=95)
            assert np.allclose(to_mnist(decode_picture(content)), upright, atol=0.1), orientation

    def test_may_have_damaged_exif_data(self) -> None:
        content = encode(picture(bar()), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"x" * 9)
        assert is_bar(decode_picture(content))


class TestAScreenshot:
    def test_may_have_ink_of_one_colour(self) -> None:
        """Its brightness differs by rounding alone, which is no two groups of ink."""
        image = Image.new("RGB", (280, 200), (230, 230, 230))
        image.paste((20, 20, 20), (93, 50, 102, 90))
        ink = decode_picture(encode(image))
        assert ink[50:90, 93:102].min() == 1
        assert ink.sum() == 40 * 9

    def test_may_be_a_strip(self) -> None:
        strip = Image.new("L", (1_001, 2), 255)
        strip.paste(0, (500, 0, 520, 2))
        assert to_mnist(decode_picture(encode(strip))).any()


class TestAFile:
    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
    def test_may_be_a_png_of_any_mode(self, mode: str) -> None:
        assert is_bar(decode_picture(encode(picture(bar(255, 0)).convert(mode))))

    @pytest.mark.parametrize("mode", ["L", "RGB", "CMYK", "YCbCr"])
    def test_may_be_a_jpeg_of_any_mode(self, mode: str) -> None:
        content = encode(picture(bar()).convert(mode), "JPEG", quality=95)
        assert is_bar(decode_picture(content))

    def test_may_have_16_bits(self) -> None:
        deep = Image.fromarray((bar() * 257).astype(np.uint16))
        assert is_bar(decode_picture(encode(deep)))

    def test_may_move_and_its_first_picture_counts(self) -> None:
        blank = picture(np.full((400, 300), 240.0))
        content = encode(picture(bar()), save_all=True, append_images=[blank, blank])
        assert is_bar(decode_picture(content))

    @pytest.mark.parametrize("ink", [0, 255])
    def test_may_be_transparent_where_there_is_no_ink(self, ink: int) -> None:
        alpha = picture(bar(0, 255))
        grey = Image.new("L", alpha.size, ink)
        assert is_bar(decode_picture(encode(Image.merge("LA", (grey, alpha)))))

    def test_may_be_transparent_in_the_corners(self) -> None:
        alpha = picture(np.full((400, 300), 255.0))
        alpha.paste(0, (0, 0, 40, 40))
        alpha.paste(0, (260, 360, 300, 400))
        assert is_bar(decode_picture(encode(Image.merge("LA", (picture(bar()), alpha)))))

    @pytest.mark.parametrize("mode", ["P", "L"])
    def test_may_name_a_transparent_colour(self, mode: str) -> None:
        image = picture(bar(7, 200)).convert(mode)
        key = image.getpixel((0, 0))
        assert is_bar(decode_picture(encode(image, transparency=key)))


def png_of_size(width: int, height: int) -> bytes:
    """A PNG file that says it has this size, with nothing behind it."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    checksum = struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + checksum + b"\0\0\0\0IDAT"


WHOLE = {"PNG": encode(picture(bar())), "JPEG": encode(picture(bar()), "JPEG")}
NO_DIGIT = "No digit was found in the picture."
DAMAGED = "The picture is damaged, or its end is missing."
NOT_ONE = "This is not a PNG or JPEG picture."
REFUSED = {
    "text": (b"this is no picture", NOT_ONE),
    "empty": (b"", NOT_ONE),
    "another kind": (encode(Image.new("L", (50, 50)), "GIF"), NOT_ONE),
    "png cut short": (WHOLE["PNG"][:-40], DAMAGED),
    "jpeg cut short": (WHOLE["JPEG"][:-400], DAMAGED),
    "png with a wrong checksum": (WHOLE["PNG"].replace(b"IDATx", b"IDATy", 1), DAMAGED),
    "one pixel": (encode(Image.new("L", (1, 1), 255)), NO_DIGIT),
    "one row": (encode(Image.new("L", (900, 1), 255)), NO_DIGIT),
    "one colour": (encode(Image.new("RGB", (200, 200), (20, 120, 220))), NO_DIGIT),
    "all transparent": (encode(Image.new("RGBA", (200, 200), (9, 9, 9, 0))), NO_DIGIT),
    "grain alone": (encode(Image.effect_noise((400, 400), 12)), NO_DIGIT),
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
        decode_picture(content)
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
            ink = decode_picture(bytes(content[: random.integers(len(content)) * 2]))
        except PictureError:
            continue
        assert np.isfinite(ink).all()
