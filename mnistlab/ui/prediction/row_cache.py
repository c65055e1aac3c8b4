"""Arrays that have a row for each of some things, of which only new rows are computed."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T", bound=np.generic)


class _Rows(NamedTuple, Generic[T]):
    ids: tuple[str, ...]
    array: NDArray[T]


class RowCache(Generic[T]):
    """Keeps arrays, those asked for lately. Any thread may use it.

    Args:
        max_bytes: How much memory they may take; the last one stays in any case.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, _Rows[T]] = OrderedDict()

    def get(
        self,
        key: Hashable,
        ids: Sequence[str],
        compute: Callable[[Sequence[str]], NDArray[T]],
    ) -> NDArray[T]:
        """Return an array with a row for each id, at least one.

        Args:
            key: Of the array.
            ids: What its rows are of, each of which never changes.
            compute: Makes the rows of some ids, in their order.
        """
        with self._lock:
            known = self._kept.get(key)
        if known is None or known.ids != tuple(ids):
            known = _Rows(tuple(ids), _complete(known, ids, compute))
        self._keep(key, known)
        return known.array

    def _keep(self, key: Hashable, rows: _Rows[T]) -> None:
        with self._lock:
            self._kept[key] = rows
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and self._size() > self._max_bytes:
                self._kept.popitem(last=False)

    def _size(self) -> int:
        return sum(rows.array.nbytes for rows in self._kept.values())


def _complete(
    known: _Rows[T] | None, ids: Sequence[str], compute: Callable[[Sequence[str]], NDArray[T]]
) -> NDArray[T]:
    rows = dict(zip(known.ids, known.array, strict=True)) if known else {}
    missing = [each for each in ids if each not in rows]
    if missing:
        rows.update(zip(missing, compute(missing), strict=True))
    return np.stack([rows[each] for each in ids])
