"""A run that pages follow, and what they show of it, rendered once for all of them."""

import contextlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from mnistlab.core.errors import MnistlabError
from mnistlab.store import RunRecord
from mnistlab.ui.live.news import Moment
from mnistlab.ui.live.pace import pause
from mnistlab.ui.live.parts import Parts, Render, no_parts
from mnistlab.ui.live.snapshot import RunSnapshot, active_snapshot, get_snapshot

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_WORDS = 0.5
"""Numbers that change more often can't be read, and each change costs a layout of the page."""


class Watched:
    """A run, and how a page shows it.

    Args:
        record: The run.
        render: Renders what its page shows.
    """

    def __init__(self, record: RunRecord, render: Render) -> None:
        self.record, self.render = record, render
        self.now: Moment | None = None
        self.pages = 0
        self._words, self._charts = _Paced(render.words), _Paced(render.charts)

    def look(self) -> bool:
        """Look at the run; return whether anything has changed."""
        run = active_snapshot(self.record)
        if run is None:
            return self._end()
        now = Moment(run, {**self._read_words(run), **self._read_charts(run)})
        if self.now is not None and _key(now) == _key(self.now):
            return False
        self.now = now
        return True

    def _end(self) -> bool:
        if self.now is not None and self.now.is_over:
            return False
        run = self.now.run if self.now else None
        with contextlib.suppress(MnistlabError):  # the run may be deleted
            run = get_snapshot(self.record)
        self.now = Moment(run, is_over=True)
        return True

    def _read_words(self, run: RunSnapshot) -> Parts:
        now = time.monotonic()
        return self._words.read(run, _state(run), now, now + _SECONDS_BETWEEN_WORDS)

    def _read_charts(self, run: RunSnapshot) -> Parts:
        trained = run.history.seconds
        next_time = trained + pause(trained, self.render.least, self.render.most)
        # A first point is what one waits for most.
        begun = run.status, bool(run.history.epochs), bool(run.history.steps)
        return self._charts.read(run, begun, trained, next_time)


@dataclass
class _Paced:
    """Parts that are rendered anew when they are due and the run has gone on."""

    render: Callable[[RunSnapshot], Parts]
    parts: Parts = field(default_factory=dict)
    state: object = None
    step: int = -1
    due: float = 0.0

    def read(self, run: RunSnapshot, state: object, now: float, next_time: float) -> Parts:
        """Return the parts.

        Args:
            run: As it is now.
            state: They are due at once when it changes.
            now: On any clock.
            next_time: On the same, when they are due again after this time.
        """
        if state != self.state or (run.step != self.step and now >= self.due):
            self.state, self.step, self.due = state, run.step, next_time
            self.parts = self._try(run)
        return self.parts

    def _try(self, run: RunSnapshot) -> Parts:
        try:
            return self.render(run)
        except Exception:  # the run's points are of use all the same
            logger.exception("Parts of a page can't be rendered while its run goes on")
            self.render = no_parts
            return {}


def _key(now: Moment) -> object:
    """Return what changes whenever anything about an active run does."""
    return now.run and (now.run.step, _state(now.run)), now.parts


def _state(run: RunSnapshot) -> object:
    """Return what is told at once when it changes."""
    return run.status, run.is_stopping, run.wait, len(run.history.epochs)
