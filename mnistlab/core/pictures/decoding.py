"""Reads an uploaded PNG or JPEG file, which may have any content and size."""

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError

from mnistlab.core.arrays import Float32Array, Ink, Pixels
from mnistlab.core.errors import PictureError

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = {"JPEG": 50_000_000, "PNG": 30_000_000}
"""As many as phones' cameras make; a JPEG is decoded at a fraction of its size, a PNG as a whole.
Decoding and reading took 70 MB for photos of 12 million pixels, 50 MB for a JPEG of 50 million
and 211 MB for such a PNG (our own measurement)."""
MAX_SIDE = 10_000

WORKING_SIDE = 2_048
"""Pixels on a side to which a picture is reduced: enough for a sheet full of digits, and no less
than half of a photo's 4,032, which a JPEG's decoder can make itself."""

Picture = Image.Image
"""A decoded picture: upright, mode RGBA."""

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How to put a camera's picture upright, by the orientation in its EXIF data (EXIF 2.3,
tag 0x0112). Pillow's own `exif_transpose` also writes that data anew, and fails where it
is damaged."""

_catching_warnings = threading.Lock()
"""`warnings.catch_warnings` changes the whole process."""


def read_picture(content: bytes, side: int = WORKING_SIDE) -> Picture:
    """Decode a PNG or JPEG file. Of an animation, the first picture counts.

    Args:
        content: The whole file.
        side: The most pixels on a side; a larger picture is reduced.

    Raises:
        PictureError: If it is too large, no such file, or damaged.
    """
    if len(content) > MAX_BYTES:
        raise PictureError(
            f"The file has {len(content):,} bytes, more than {MAX_BYTES:,}.",
            "Make the picture smaller, or cut out the digit.",
        )
    with _catching_warnings, warnings.catch_warnings():
        # Pillow warns of irregularities in files, for which there is no remedy.
        warnings.simplefilter("ignore")
        return _read(content, side)


def colours_on_paper(picture: Picture) -> Pixels:
    """Return a picture's colours with paper where it is transparent, (height, width, 3).

    Values are 0 to 255, red first. A picture of few levels, such as 0 to 16, is stretched until
    its brightest is white.
    """
    is_opaque = bool(np.asarray(picture)[:, :, 3].min() == 255)
    pixels = np.asarray(picture.convert("RGB")) if is_opaque else _lay_on_paper(picture)
    brightest = max(1, int(pixels.max()))
    if brightest == 255:
        return pixels
    levels = (np.arange(256) * 255 / brightest).clip(0, 255).round().astype(np.uint8)
    stretched: Pixels = levels[pixels]
    return stretched


def brightness_as_ink(picture: Picture) -> Ink:
    """Return the whole picture as most demos take it: grey, and dark on light turned round."""
    grey: Ink = colours_on_paper(picture).mean(axis=2, dtype=np.float32) / 255
    border = _frame(grey[:, :, np.newaxis])
    return 1 - grey if float(np.median(border)) > 0.5 else grey


def _read(content: bytes, side: int) -> Picture:
    with _picture_errors():
        image = Image.open(io.BytesIO(content), formats=["PNG", "JPEG"])
        _check_size(*image.size, MAX_PIXELS[image.format or "PNG"])
        # A JPEG's decoder can leave out detail; other formats ignore this.
        factor = min(1.0, side / max(image.size))
        image.draft("RGB", (int(image.width * factor), int(image.height * factor)))
        small = _reduce(image, side)
        return _turn_upright(small.convert("RGBA"), _orientation(image))


@contextmanager
def _picture_errors() -> Iterator[None]:
    """Turn a decoder's errors into `PictureError`."""
    try:
        yield
    except PictureError:
        raise
    except UnidentifiedImageError:
        raise PictureError(
            "This is not a PNG or JPEG picture.", "Save the picture as PNG or JPEG."
        ) from None
    except Image.DecompressionBombError:
        raise _too_large("more than 100 million pixels") from None
    except MemoryError:
        raise _too_large("more than fits in memory") from None
    # A damaged file can make a decoder fail in any way: OSError, SyntaxError, zlib's own.
    except Exception:
        raise PictureError(
            "The picture is damaged, or its end is missing.", "Save or send it again."
        ) from None


def _check_size(width: int, height: int, most: int) -> None:
    if width * height > most or max(width, height) > MAX_SIDE:
        raise _too_large(f"{width:,}×{height:,} pixels", most)


def _too_large(size: str, most: int = min(MAX_PIXELS.values())) -> PictureError:
    return PictureError(
        f"The picture is too large: {size}.",
        f"Make it smaller than {most // 10**6} million pixels and {MAX_SIDE:,} on a side.",
    )


def _reduce(image: Image.Image, side: int) -> Image.Image:
    """Average pixels until no side is above this one."""
    whole = _averageable(image)
    factor = side / max(whole.size)
    if factor >= 1:
        return whole
    size = [max(1, round(length * factor)) for length in whole.size]
    return whole.resize((size[0], size[1]), Image.Resampling.BOX, reducing_gap=1.0)


def _averageable(image: Image.Image) -> Image.Image:
    """Convert a picture whose numbers are not amounts of light, or too fine for Pillow."""
    if image.mode in ("1", "L") and "transparency" not in image.info:
        return image.convert("L")
    if image.mode.startswith("I"):
        return Image.fromarray(_eight_bits(np.asarray(image, dtype=np.float32)))
    if image.mode in ("RGB", "CMYK", "LA", "RGBA") and "transparency" not in image.info:
        image.load()
        return image
    return image.convert("RGBA")


def _eight_bits(levels: Float32Array) -> Pixels:
    """Return levels of 16 bits, of which a scanner may use 10 or 12, as 0 to 255."""
    highest = max(1.0, float(levels.max()))
    return (levels * (255 / highest)).round().astype(np.uint8)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    # A picture with damaged EXIF data can still be used.
    except Exception:
        return 1


def _turn_upright(image: Image.Image, orientation: int) -> Image.Image:
    how = _UPRIGHT.get(orientation)
    return image if how is None else image.transpose(how)


def _lay_on_paper(picture: Picture) -> Pixels:
    pixels = np.asarray(picture, dtype=np.float32)
    colours, alpha = pixels[:, :, :3], pixels[:, :, 3:] / np.float32(255)
    laid = colours * alpha + _paper_behind(colours, alpha) * (1 - alpha)
    return laid.round().astype(np.uint8)


def _paper_behind(colours: Float32Array, alpha: Float32Array) -> Float32Array:
    """Return the colour of the paper for a picture's transparent parts, (3,).

    If its border is opaque, that is the paper. Otherwise only ink is opaque, and the paper is
    black or white, whichever contrasts more.
    """
    border, opaque = _frame(colours), _frame(alpha)[:, 0] > 0.5
    if opaque.mean() >= 0.5:
        return np.asarray(np.median(border[opaque], axis=0), dtype=np.float32)
    ink = (colours * alpha).sum() / max(3 * float(alpha.sum()), 1e-6)
    return np.full(3, 0 if ink > 255 / 2 else 255, dtype=np.float32)


def _frame(values: Float32Array) -> Float32Array:
    """Return the outermost pixels' values, those in the corners twice, (n, channels)."""
    edges = values[0], values[-1], values[:, 0], values[:, -1]
    return np.concatenate(edges)
