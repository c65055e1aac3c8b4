"""Runs that pages follow, and what each page has not been told of them yet."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence

from mnistlab.store import RunRecord
from mnistlab.ui.live.news import Reader
from mnistlab.ui.live.parts import Render
from mnistlab.ui.live.watched import Watched

_SECONDS_BETWEEN_LOOKS = 0.18
_SECONDS_OF_SILENCE = 5.0
_STILL_THERE = "{}"


class Hub:
    """Looks at the runs that pages follow, five times a second while there are any.

    It is used in the server's event loop alone, except for `count_pages`.
    """

    def __init__(self) -> None:
        self._watched: dict[tuple[str, Render], Watched] = {}
        self._changed = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None

    def count_pages(self, run_id: str | None = None) -> int:
        """Return how many pages follow a run, or any."""
        watched = list(self._watched.items())
        return sum(each.pages for (run, _), each in watched if run_id in (None, run))

    async def follow(
        self, records: Sequence[RunRecord], render: Render, after: Mapping[str, int]
    ) -> AsyncGenerator[str, None]:
        """Give what is new about runs until all have ended; from time to time an empty message.

        Args:
            records: The runs.
            render: Renders what the page shows of them.
            after: By run id, the step up to which the page has its points.
        """
        with self._watch(records, render) as watched:
            readers = [Reader(each.record.id, after.get(each.record.id, 0)) for each in watched]
            while True:
                changed = self._changed
                for reader, each in zip(readers, watched, strict=True):
                    if each.now is not None and (news := reader.read(each.now)) is not None:
                        yield news
                if all(reader.is_over for reader in readers):
                    return
                try:
                    await asyncio.wait_for(changed.wait(), _SECONDS_OF_SILENCE)
                except TimeoutError:
                    yield _STILL_THERE

    @contextlib.contextmanager
    def _watch(self, records: Sequence[RunRecord], render: Render) -> Iterator[list[Watched]]:
        watched = [self._find(record, render) for record in records]
        for each in watched:
            each.pages += 1
        if self._pump is None:
            self._pump = asyncio.create_task(self._keep_looking())
        try:
            yield watched
        finally:
            for each in watched:
                each.pages -= 1
                if not each.pages:
                    del self._watched[each.record.id, render]

    def _find(self, record: RunRecord, render: Render) -> Watched:
        found = self._watched.get((record.id, render))
        if found is None:
            found = self._watched[record.id, render] = Watched(record, render)
        return found

    async def _keep_looking(self) -> None:
        try:
            while self._watched:
                # In a thread, since a verdict takes longer than other visitors should wait.
                if await asyncio.to_thread(_look_at, list(self._watched.values())):
                    self._changed.set()
                    self._changed = asyncio.Event()
                await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
        finally:
            self._pump = None


def _look_at(watched: Sequence[Watched]) -> bool:
    """Look at runs; return whether anything has changed."""
    return any([each.look() for each in watched])


HUB = Hub()
"""Of the server."""
