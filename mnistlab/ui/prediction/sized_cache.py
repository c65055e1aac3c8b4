"""A cache with a limit on the memory of its values."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class SizedCache(Generic[V]):
    """Keeps the most recently used values; thread-safe.

    Args:
        max_bytes: The most memory for the values; the last one always stays.
        size: Returns the bytes of a value.
    """

    def __init__(self, max_bytes: int, size: Callable[[V], int]) -> None:
        self._max_bytes = max_bytes
        self._size = size
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, V] = OrderedDict()

    def get(self, key: Hashable) -> V | None:
        """Return a value, if it is kept."""
        with self._lock:
            return self._kept.get(key)

    def put(self, key: Hashable, value: V) -> None:
        """Keep a value as the most recently used, and drop the least recently used ones."""
        with self._lock:
            self._kept[key] = value
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and self._total() > self._max_bytes:
                self._kept.popitem(last=False)

    def _total(self) -> int:
        return sum(map(self._size, self._kept.values()))
