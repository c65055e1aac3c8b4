"""MNIST's file format: read when header and length are right, refused otherwise."""

from pathlib import Path

import numpy as np
import pytest

from mnistlab.core.data.idx import map_idx
from mnistlab.core.errors import DataError

HEADER = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3])
"""Unsigned bytes, two dimensions, 2 by 3."""
NUMBERS = bytes([1, 2, 3, 253, 254, 255])


def test_numbers_come_in_the_shape_of_the_header(tmp_path: Path) -> None:
    path = tmp_path / "numbers"
    path.write_bytes(HEADER + NUMBERS)
    numbers = map_idx(path, (2, 3))
    assert numbers.dtype == np.uint8
    assert numbers.tolist() == [[1, 2, 3], [253, 254, 255]]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        HEADER[:6],
        HEADER,
        HEADER + NUMBERS[:5],
        HEADER + NUMBERS + b"\0",
        HEADER[:2] + b"\x09" + HEADER[3:] + NUMBERS,
        HEADER[:3] + b"\3" + HEADER[4:] + NUMBERS,
        HEADER[:8] + bytes([0, 0, 0, 2]) + NUMBERS,
    ],
    ids=["empty", "half a header", "no numbers", "short", "long", "signed", "cube", "narrow"],
)
def test_what_is_not_of_this_shape_is_refused_with_a_remedy(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "numbers"
    path.write_bytes(content)
    with pytest.raises(DataError) as raised:
        map_idx(path, (2, 3))
    assert raised.value.problem == f"{path} does not hold 2 × 3 bytes in MNIST's format."
    assert raised.value.remedy.startswith("Delete it")


def test_a_file_that_is_gone_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere can't be read .* Set MNISTLAB_HOME"):
        map_idx(tmp_path / "nowhere", (2, 3))
