"""Uploads: read whatever way round, refused in plain words."""

import io

import numpy as np
import pytest
from PIL import Image

from mnistlab.core.data import Digits
from mnistlab.core.digits import to_mnist
from mnistlab.core.errors import PictureError
from mnistlab.core.picture import MAX_BYTES, decode_picture


def encode(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def written(pixels: np.ndarray, paper: int, ink: int, size: int = 300) -> Image.Image:
    """An MNIST digit (784,) as if it were written on a large sheet."""
    share = np.kron(pixels.reshape(28, 28) / 255, np.ones((8, 8)))
    sheet = np.full((size, size), float(paper))
    sheet[40:264, 30:254] += share * (ink - paper)
    return Image.fromarray(sheet.round().astype(np.uint8))


def likeness(content: bytes, pixels: np.ndarray) -> float:
    return float(np.corrcoef(to_mnist(decode_picture(content)).ravel(), pixels / 255)[0, 1])


class TestAPicture:
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

    @pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "LA", "L"])
    def test_may_be_of_any_kind(self, test_digits: Digits, mode: str) -> None:
        pixels = test_digits.pixels[0].numpy()
        assert likeness(encode(written(pixels, 255, 0).convert(mode)), pixels) > 0.85

    def test_may_be_transparent(self, test_digits: Digits) -> None:
        pixels = test_digits.pixels[0].numpy()
        alpha = written(pixels, 0, 255)
        black = Image.new("L", alpha.size, 0)
        image = Image.merge("RGBA", (black, black, black, alpha))
        assert likeness(encode(image), pixels) > 0.85

    def test_may_lie_on_its_side_if_the_camera_says_so(self, test_digits: Digits) -> None:
        pixels = test_digits.pixels[0].numpy()
        turned = written(pixels, 255, 0).transpose(Image.Transpose.ROTATE_90)
        exif = Image.Exif()
        exif[0x0112] = 6
        assert likeness(encode(turned, "JPEG", exif=exif), pixels) > 0.85

    def test_that_is_a_digit_of_mnist_is_that_digit(self, test_digits: Digits) -> None:
        pixels = test_digits.pixels[0].numpy()
        assert likeness(encode(Image.fromarray(pixels.reshape(28, 28))), pixels) > 0.85


REFUSED = {
    "no picture": b"this is no picture",
    "empty": b"",
    "cut short": encode(Image.effect_noise((400, 400), 50))[:2_000],
    "another kind": encode(Image.new("L", (50, 50)), "GIF"),
    "one pixel": encode(Image.new("L", (1, 1), 255)),
    "one colour": encode(Image.new("RGB", (200, 200), (20, 120, 220))),
    "10,000 by 10,000": encode(Image.new("1", (10_000, 10_000), 1)),
    "one side too long": encode(Image.new("1", (20_000, 10), 1)),
    "too many bytes": b"\x89PNG" + bytes(MAX_BYTES),
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=list(REFUSED))
def test_is_refused_with_a_remedy(content: bytes) -> None:
    with pytest.raises(PictureError) as refusal:
        decode_picture(content)
    assert refusal.value.problem
    assert refusal.value.remedy
