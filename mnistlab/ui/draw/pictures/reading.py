"""What is found in a visitor's picture, kept while it is looked at."""

import base64
import hashlib
import io
from dataclasses import dataclass

from mnistlab.core.arrays import Views
from mnistlab.core.drawing.views import view_plain_ink
from mnistlab.core.errors import PictureError
from mnistlab.core.network import ready_made
from mnistlab.core.pictures.decoding import Picture, brightness_as_ink, read_picture
from mnistlab.core.pictures.reading import Corrections, Reading
from mnistlab.ui.components.photo.photo import Photo
from mnistlab.ui.prediction import picture_thread
from mnistlab.ui.prediction.mnist_images import load_training_images
from mnistlab.ui.prediction.sized_cache import SizedCache

_SIDE, _QUALITY = 800, 80
"""Pixels, and percent, of the picture that the page shows."""

_BYTES_KEPT = 16 * 2**20
"""Some fifty pictures."""


@dataclass(frozen=True, eq=False)
class ReadPicture:
    """A picture and what was found in it.

    Attributes:
        photo: To look at.
        readings: What may be the digit, the most plausible first; or each digit, in reading order.
        plain: The whole picture reduced to MNIST's size, as in most demos: (1, 28, 28).
        problem: Why there are no readings; else None.
    """

    photo: Photo
    readings: tuple[Reading, ...]
    plain: Views
    problem: PictureError | None

    @property
    def size(self) -> int:
        """Bytes of memory, roughly."""
        return len(self.photo.url) + sum(reading.ink.nbytes for reading in self.readings)


_kept: SizedCache[ReadPicture] = SizedCache(_BYTES_KEPT, lambda read: read.size)


def read(content: bytes, key: str, corrections: Corrections, several: bool) -> ReadPicture:
    """Return what is found in a picture.

    Args:
        content: The whole file.
        key: What identifies it with its corrections.
        corrections: What its visitor says of it.
        several: Whether all its digits are looked for, and not one.

    Raises:
        PictureError: If it is no picture.
    """
    found = _kept.get((key, several)) or picture_thread.run(_read, content, corrections, several)
    _kept.put((key, several), found)
    return found


def identify(content: bytes) -> str:
    """Return a text that is the same only for the same picture."""
    return hashlib.sha256(content).hexdigest()[:16]


def identify_corrected(picture: str, corrections: Corrections) -> str:
    """Return a text that is the same only for the same picture, corrected the same way.

    Args:
        picture: As `identify` returns it.
        corrections: What its visitor says of it.
    """
    parts = picture, corrections.quarter_turns, corrections.box
    digest = hashlib.sha256(repr(parts).encode())
    for outline in corrections.excluded:
        digest.update(outline.tobytes() + b";")
    return digest.hexdigest()[:16]


def _read(content: bytes, corrections: Corrections, several: bool) -> ReadPicture:
    picture = read_picture(content)
    readings: tuple[Reading, ...] = ()
    problem = None
    try:
        readings = _find_all(picture, corrections) if several else _find_one(picture, corrections)
    except PictureError as error:
        problem = error
    turned = picture.rotate(90 * corrections.quarter_turns, expand=True)
    plain = view_plain_ink(brightness_as_ink(turned))
    return ReadPicture(_to_photo(turned), readings, plain, problem)


# OpenCV is imported with the first picture and not when a server starts.


def _find_one(picture: Picture, corrections: Corrections) -> tuple[Reading, ...]:
    from mnistlab.core.pictures.evidence import DigitModel
    from mnistlab.core.pictures.reader import read_digit

    model = DigitModel(ready_made.network(), load_training_images())
    return read_digit(picture, model, corrections)


def _find_all(picture: Picture, corrections: Corrections) -> tuple[Reading, ...]:
    from mnistlab.core.pictures.several.finding import find_digits

    return find_digits(picture, ready_made.network(), corrections)


def _to_photo(picture: Picture) -> Photo:
    small = picture.convert("RGB")
    small.thumbnail((_SIDE, _SIDE))
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=_QUALITY)
    url = "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
    return Photo(url, picture.width, picture.height)
