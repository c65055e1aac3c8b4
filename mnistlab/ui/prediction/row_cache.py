"""A cache of arrays with a row for each id, in which only missing rows are computed."""

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from mnistlab.ui.prediction.sized_cache import SizedCache

T = TypeVar("T", bound=np.generic)


class _Rows(NamedTuple, Generic[T]):
    ids: tuple[str, ...]
    array: NDArray[T]


class RowCache(Generic[T]):
    """Keeps the most recently used arrays; thread-safe.

    Args:
        max_bytes: The most memory for them; the last one always stays.
    """

    def __init__(self, max_bytes: int) -> None:
        self._kept: SizedCache[_Rows[T]] = SizedCache(max_bytes, lambda rows: rows.array.nbytes)

    def get(
        self,
        key: Hashable,
        ids: Sequence[str],
        compute: Callable[[Sequence[str]], NDArray[T]],
    ) -> NDArray[T]:
        """Return an array with a row for each id, at least one.

        Args:
            key: The array's.
            ids: The rows' ids; the row of an id never changes.
            compute: Returns the rows of some ids, in their order.
        """
        known = self._kept.get(key)
        if known is None or known.ids != tuple(ids):
            known = _Rows(tuple(ids), _complete(known, ids, compute))
        self._kept.put(key, known)
        return known.array


def _complete(
    known: _Rows[T] | None, ids: Sequence[str], compute: Callable[[Sequence[str]], NDArray[T]]
) -> NDArray[T]:
    rows = dict(zip(known.ids, known.array, strict=True)) if known else {}
    missing = [each for each in ids if each not in rows]
    if missing:
        rows.update(zip(missing, compute(missing), strict=True))
    return np.stack([rows[each] for each in ids])
