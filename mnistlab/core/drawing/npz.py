"""Reads arrays from an untrusted .npz file.

`numpy.load` would unpack members of any size, and allocate whatever an array's header claims.
"""

import io
import math
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from mnistlab.core.errors import HandwritingError

Array: TypeAlias = NDArray[np.number[Any]]

MAX_BYTES = 10 * 1024 * 1024
"""Of a file; what the server takes for an upload."""

MAX_UNPACKED = 16_000_000
"""Bytes of the arrays together, unpacked: a million points as float64."""

MAX_MEMBERS = 64
"""A file of 10 MB could list 200,000, each of which takes memory."""

_LISTED = b"PK\x01\x02"
"""Begins each entry of a zip's directory (PKWARE's APPNOTE, 4.3.12)."""

_BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The methods of `savez` and `savez_compressed`. With others Python may unpack more than the
requested number of bytes."""

_REMEDY = "Choose a file that was exported here, or one of the same form."


def read_arrays(content: bytes, *groups: Sequence[str]) -> dict[str, Array]:
    """Return arrays of whole or floating numbers by name; others are not read.

    Args:
        content: The whole file.
        groups: Names of arrays that belong together. A group of which the file has nothing is left
            out, unless all are.

    Raises:
        HandwritingError: If an array of a group is missing, or the file is too large, packed or
            unpacked, no such file, or damaged.
    """
    if len(content) > MAX_BYTES:
        raise _refusal(f"The file has {len(content):,} bytes, more than {MAX_BYTES:,}.")
    if content.count(_LISTED) > MAX_MEMBERS:
        raise _refusal(f"The file has more than {MAX_MEMBERS} parts.")
    with _file_errors(), zipfile.ZipFile(io.BytesIO(content)) as archive:
        there = set(archive.namelist())
        begun = [group for group in groups if any(f"{name}.npy" in there for name in group)]
        members = {name: _find(archive, name) for group in begun or groups[:1] for name in group}
        _check_sizes(list(members.values()))
        return {name: _read_array(archive, member) for name, member in members.items()}


def _find(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    try:
        return archive.getinfo(f"{name}.npy")
    except KeyError:
        raise _refusal(f"The file has no array “{name}”.") from None


def _check_sizes(members: Sequence[zipfile.ZipInfo]) -> None:
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED:
        raise _refusal(f"Unpacked, the file has {unpacked:,} bytes, more than {MAX_UNPACKED:,}.")
    if any(member.compress_type not in _BOUNDED for member in members):
        raise _refusal("The file is packed in a way that numpy doesn't use.")


def _read_array(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Array:
    with archive.open(member) as file:
        # Not `read()`, which would unpack everything before it checks the size.
        content = file.read(member.file_size)
    stream = io.BytesIO(content)
    if npy.read_magic(stream) != (1, 0):
        raise _damaged()
    shape, is_fortran, dtype = npy.read_array_header_1_0(stream)
    start = stream.tell()
    if dtype.kind not in "iuf" or math.prod(shape) * dtype.itemsize != len(content) - start:
        raise _damaged()
    flat: Array = np.frombuffer(content, dtype, offset=start)
    return flat.reshape(shape, order="F" if is_fortran else "C")


@contextmanager
def _file_errors() -> Iterator[None]:
    """Turn the errors of reading a file into `HandwritingError`."""
    try:
        yield
    except HandwritingError:
        raise
    except zipfile.BadZipFile:
        raise _refusal("This is not an .npz file, or it is damaged.") from None
    # Damage can make zipfile, zlib and numpy's reading of headers fail in any way.
    except Exception:
        raise _damaged() from None


def _damaged() -> HandwritingError:
    return _refusal("The file is damaged, or holds no numbers.")


def _refusal(problem: str) -> HandwritingError:
    return HandwritingError(problem, _REMEDY)
