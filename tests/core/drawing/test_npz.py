"""Arrays from files that may be anything."""

import io
import struct
import zipfile
import zlib
from typing import Any

import numpy as np
import pytest
from numpy.lib import format as npy

from mnistlab.core.drawing.npz import MAX_BYTES, MAX_MEMBERS, MAX_UNPACKED, read_arrays
from mnistlab.core.errors import HandwritingError

SMALL = np.arange(6, dtype=np.float32).reshape(3, 2)


def packed(method: int = zipfile.ZIP_DEFLATED, **members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return buffer.getvalue()


def array(header: str, content: bytes = b"", version: bytes = b"\1\0") -> bytes:
    """Return an .npy file that says so of itself, whether or not it is true."""
    return b"\x93NUMPY" + version + struct.pack("<H", len(header)) + header.encode() + content


def floats(shape: str, content: bytes = b"") -> bytes:
    return array(f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}\n", content)


def test_reads_the_arrays_that_were_asked_for() -> None:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, a=SMALL, b=np.asfortranarray(SMALL), other=np.array(["text"]))
    arrays = read_arrays(buffer.getvalue(), ["a", "b"])
    assert list(arrays) == ["a", "b"]
    assert all(np.array_equal(each, SMALL) for each in arrays.values())


def test_a_group_of_which_there_is_nothing_is_left_out() -> None:
    file = packed(a=floats("(0,)"), b=floats("(0,)"), c=floats("(0,)"))
    assert list(read_arrays(file, ["d"], ["b", "a"])) == ["b", "a"]
    with pytest.raises(HandwritingError, match="no array “d”"):
        read_arrays(file, ["a", "b"], ["c", "d"])


def test_a_missing_array_is_named() -> None:
    with pytest.raises(HandwritingError, match="no array “points”"):
        read_arrays(packed(other=floats("(0,)")), ["points"])


def test_a_bomb_is_known_by_its_directory() -> None:
    with pytest.raises(HandwritingError, match="Unpacked, the file has 16,000,001 bytes"):
        read_arrays(packed(a=bytes(MAX_UNPACKED + 1)), ["a"])


def test_parts_of_a_bomb_are_added_up() -> None:
    half = bytes(MAX_UNPACKED // 2 + 1)
    with pytest.raises(HandwritingError, match="Unpacked"):
        read_arrays(packed(a=half, b=half), ["a", "b"])


def test_a_bomb_that_lies_about_its_size_is_not_unpacked() -> None:
    """The directory says 100 bytes, of what would be 200 million."""
    import tracemalloc

    bomb = bytearray(packed(a=bytes(200_000_000)))
    directory = bomb.rindex(b"PK\1\2")
    bomb[directory + 24 : directory + 28] = struct.pack("<I", 100)
    tracemalloc.start()
    with pytest.raises(HandwritingError):
        read_arrays(bytes(bomb), ["a"])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5_000_000


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_python_unpacks_without_bounds_is_refused(method: int) -> None:
    with pytest.raises(HandwritingError, match="in a way that numpy doesn't use"):
        read_arrays(packed(method, a=floats("(0,)")), ["a"])


def test_a_file_may_not_list_thousands() -> None:
    many: dict[str, Any] = {f"a{i}": b"" for i in range(MAX_MEMBERS + 1)}
    with pytest.raises(HandwritingError, match="more than 64 parts"):
        read_arrays(packed(**many), ["a0"])


def test_a_file_may_not_be_too_large() -> None:
    with pytest.raises(HandwritingError, match="more than 10,485,760"):
        read_arrays(bytes(MAX_BYTES + 1), ["a"])


def test_a_file_with_a_password_is_refused() -> None:
    locked = bytearray(packed(a=floats("(0,)")))
    locked[locked.rindex(b"PK\1\2") + 8] |= 1
    with pytest.raises(HandwritingError):
        read_arrays(bytes(locked), ["a"])


ARRAYS = {
    "nothing": b"",
    "no magic": b"not an array at all",
    "a later version": array(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (0,), }", b"", b"\2\0"
    ),
    "more numbers than there are": floats("(1000000000000,)", bytes(8)),
    "fewer": floats("(1,)", bytes(8)),
    "numbers below none": floats("(-1, -2)", bytes(8)),
    "a shape that is none": floats("'x'", bytes(8)),
    "a header that calls": array("__import__('os').getcwd()"),
    "a header without end": array("(" * 5_000),
    "another program's header": array("{'descr': '<f4', 'fortran_order': False, 'shape': (0L,), }"),
    "objects": array("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", bytes(8)),
    "records": array(
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", bytes(4)
    ),
}


@pytest.mark.parametrize("case", ARRAYS)
def test_an_array_is_refused_with(case: str) -> None:
    with pytest.raises(HandwritingError, match="damaged"):
        read_arrays(packed(a=ARRAYS[case]), ["a"])


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"no zip", bytes(1_000), npy.MAGIC_PREFIX + bytes(100)], ids=repr
)
def test_what_is_no_archive_is_refused(content: bytes) -> None:
    with pytest.raises(HandwritingError, match=r"not an \.npz file"):
        read_arrays(content, ["a"])


def test_damage_is_found_by_the_checksum() -> None:
    whole = packed(zipfile.ZIP_STORED, a=floats("(1000,)", bytes(4_000)))
    place = whole.index(bytes(4_000)) + 2_000
    spoilt = whole[:place] + b"\1" + whole[place + 1 :]
    assert zlib.crc32(spoilt) != zlib.crc32(whole)
    with pytest.raises(HandwritingError):
        read_arrays(spoilt, ["a"])
