"""The bundled files, read by hand: what every reader of MNIST has to agree with."""

import gzip

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.data.archive import BUNDLED


def raw(name: str, header: int) -> NDArray[np.uint8]:
    """Return all bytes of a bundled IDX file after its header."""
    return np.frombuffer(gzip.open(BUNDLED / f"{name}.gz").read(), np.uint8, offset=header)
