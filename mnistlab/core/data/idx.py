"""The file format of MNIST, read without torch: a header of numbers, then one byte each.

Source: "The IDX file format" in Y. LeCun, C. Cortes, C. Burges, "The MNIST database of
handwritten digits", http://yann.lecun.com/exdb/mnist.
"""

import math
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.errors import DataError

_UNSIGNED_BYTES = 0x08


def map_idx(path: Path, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Map a file's numbers into memory, where processes that map it share one copy.

    Args:
        path: The file, of unsigned bytes.
        shape: The shape that its header must have, such as (10000, 28, 28).

    Returns:
        Its numbers, read-only.

    Raises:
        DataError: If the file can't be read, or has another header or length.
    """
    header = struct.pack(f">{1 + len(shape)}I", _UNSIGNED_BYTES << 8 | len(shape), *shape)
    try:
        with path.open("rb") as file:
            found, size = file.read(len(header)), path.stat().st_size
        if (found, size) != (header, len(header) + math.prod(shape)):
            raise DataError(
                f"{path} does not hold {' × '.join(map(str, shape))} bytes in MNIST's format.",
                "Delete it; it is then unpacked again.",
            )
        return np.asarray(np.memmap(path, np.uint8, "r", len(header), shape))
    except OSError as error:
        raise DataError(
            f"{path} can't be read ({error}).", "Set MNISTLAB_HOME to another folder."
        ) from None
