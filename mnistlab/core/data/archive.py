"""The real MNIST as files: bundled with the project, unpacked into a cache folder.

Several processes may share the folder; nothing is ever downloaded. Needs no torch, so
that pages can read the test images without it.
"""

import gzip
import hashlib
import os
import tempfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.data.idx import map_idx
from mnistlab.core.errors import DataError

BUNDLED = Path(__file__).parents[2] / "data" / "mnist"

SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
"""Digests of the unpacked files, of which there is only one version. (The packed ones
differ with the program that packed them.)"""

TRAINING, TEST = "train", "t10k"
_COUNTS = {TRAINING: 60_000, TEST: 10_000}


def unpack(cache: Path, bundled: Path = BUNDLED) -> Path:
    """Unpack the bundled files into `cache`, unless they are there.

    Returns:
        `cache`, as torchvision's `root`.

    Raises:
        DataError: If a bundled file is missing or damaged, or `cache` can't be written.
    """
    for name in SHA256:
        unpack_file(cache, name, bundled)
    return cache


def unpack_file(cache: Path, name: str, bundled: Path = BUNDLED) -> Path:
    """Unpack the bundled file `name` into `cache`, unless it is there; return its path.

    Raises:
        DataError: If the bundled file is missing or damaged, or `cache` can't be written.
    """
    path = cache / "MNIST" / "raw" / name
    if not _is_whole(path):
        _write_atomically(path, _read_bundled(bundled / f"{name}.gz"))
    return path


def map_images(cache: Path, part: str) -> NDArray[np.uint8]:
    """Return the images of `TRAINING` or `TEST`, unpacked to `cache` and mapped: (n, 28, 28).

    Raises:
        DataError: If the bundled file is missing or damaged, or `cache` can't be written.
    """
    return map_idx(unpack_file(cache, f"{part}-images-idx3-ubyte"), (_COUNTS[part], 28, 28))


def map_labels(cache: Path, part: str) -> NDArray[np.uint8]:
    """Return the images' digits, likewise: (n,)."""
    return map_idx(unpack_file(cache, f"{part}-labels-idx1-ubyte"), (_COUNTS[part],))


def _is_whole(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == SHA256[path.name]
    except OSError:  # not there, or not to be read; writing it anew shows which
        return False


def _read_bundled(path: Path) -> bytes:
    remedy = "Get it again from the project's repository: git checkout -- mnistlab/data."
    try:
        content = gzip.decompress(path.read_bytes())
    except FileNotFoundError:
        raise DataError(f"The MNIST file {path} is missing.", remedy) from None
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"The MNIST file {path} can't be read ({error}).", remedy) from None
    if hashlib.sha256(content).hexdigest() != SHA256[path.stem]:
        raise DataError(f"The MNIST file {path} is damaged: its content has changed.", remedy)
    return content


def _write_atomically(path: Path, content: bytes) -> None:
    """Write `path` so that another process sees all of it or nothing."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.replace(temporary, path)
        except OSError:
            os.unlink(temporary)  # 47 MB that would be left at each try
            raise
    except OSError as error:
        remedy = "Set MNISTLAB_HOME to a writable folder with 60 MB free."
        raise DataError(f"MNIST can't be unpacked to {path.parent} ({error}).", remedy) from None
