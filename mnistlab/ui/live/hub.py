"""Runs that pages follow, looked at and rendered once for all of these pages."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mnistlab.core.errors import MnistlabError
from mnistlab.store import RunRecord
from mnistlab.ui.live.news import Moment, Reader
from mnistlab.ui.live.parts import Parts, Render, no_parts
from mnistlab.ui.live.snapshot import RunSnapshot, active_snapshot, get_snapshot

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_LOOKS = 0.1
_SECONDS_OF_SILENCE = 5.0
_STILL_THERE = "{}"


@dataclass
class _Watched:
    """A run, and how a page shows it."""

    record: RunRecord
    render: Render
    now: Moment | None = None
    pages: int = 0

    def look(self) -> bool:
        """Look at the run; return whether anything has changed."""
        run = active_snapshot(self.record)
        if run is None:
            return self._end()
        if self.now is not None and _key(run) == _key(self.now.run):
            return False
        self.now = Moment(run, self._render(run))
        return True

    def _end(self) -> bool:
        if self.now is not None and self.now.is_over:
            return False
        run = self.now.run if self.now else None
        with contextlib.suppress(MnistlabError):  # the run may be deleted
            run = get_snapshot(self.record)
        self.now = Moment(run, is_over=True)
        return True

    def _render(self, run: RunSnapshot) -> Parts:
        try:
            return self.render(run)
        except Exception:  # its points are of use all the same
            logger.exception("Parts of a page can't be rendered while its run goes on")
            self.render = no_parts
            return {}


class Hub:
    """Looks at the runs that pages follow, ten times a second while there are any.

    It is used in the server's event loop alone, except for `count_pages`.
    """

    def __init__(self) -> None:
        self._watched: dict[tuple[str, Render], _Watched] = {}
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
    def _watch(self, records: Sequence[RunRecord], render: Render) -> Iterator[list[_Watched]]:
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

    def _find(self, record: RunRecord, render: Render) -> _Watched:
        found = self._watched.get((record.id, render))
        if found is None:
            found = self._watched[record.id, render] = _Watched(record, render)
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


def _look_at(watched: Sequence[_Watched]) -> bool:
    """Look at runs; return whether anything has changed."""
    return any([each.look() for each in watched])


def _key(run: RunSnapshot | None) -> object:
    """Return what changes whenever anything about an active run does."""
    if run is None:
        return None
    return run.status, run.is_stopping, run.wait, run.step, len(run.history.epochs)


HUB = Hub()
"""Of the server."""
