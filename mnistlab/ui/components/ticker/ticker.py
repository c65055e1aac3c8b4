"""A timer in the browser that reruns a fragment, at little cost to the server.

Streamlit's own `run_every` also reruns in a hidden tab, and before the last rerun has ended. Runs
that go on are followed by a websocket meanwhile, which brings points and parts of the page without
a rerun.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

from mnistlab.core.training.history import Measure

_SCRIPTS = ("drawing.js", "stream.js", "ticker.js")
"""One module, since a component has one script."""

_component = st.components.v2.component(
    "mnistlab_ticker",
    js="\n".join((Path(__file__).parent / name).read_text(encoding="utf-8") for name in _SCRIPTS),
)


@dataclass(frozen=True)
class MovingLine:
    """A line in a chart that pushed points lengthen.

    Attributes:
        plot: The chart's key.
        row: What the line's rows have in common, and no other line's, by field.
        field: The rows' field on the x-axis.
        run: The run whose points these are.
        split: On which images they were measured: training or validation.
        measure: On the y-axis.
        by: What the x-axis counts: epoch, step or seconds.
        per: How many units of the x-axis one of these is.
    """

    plot: str
    row: Mapping[str, str]
    field: str
    run: str
    split: str
    measure: Measure
    by: str = "epoch"
    per: float = 1.0


@dataclass(frozen=True)
class Stream:
    """Runs to follow.

    Attributes:
        view: What the page shows of them, as in the stream's address.
        reached: By run id, the step up to which the page has its points.
        lines: What its points lengthen.
        is_whole: Whether all that moves is pushed; else the page reruns after each pause.
        seconds: Between reruns, at least, for what only these bring.
        spread: Seconds over which the pages that follow the same run spread theirs.
    """

    view: str
    reached: Mapping[str, int]
    lines: Sequence[MovingLine]
    is_whole: bool
    seconds: float
    spread: float


def schedule_rerun(seconds: float, key: str, stream: Stream | None = None) -> None:
    """Rerun the calling fragment once, while its tab is visible.

    Args:
        seconds: How long to wait, give or take a fifth, after the fragment is on the page. A
            tab that is hidden at that time reruns when it is visible again.
        key: Unique among the page's tickers.
        stream: Brings what is new as long as it is connected; a rerun then waits for what it
            does not bring, such as a run's end.
    """
    # The browser ignores data that stay the same.
    data = {
        "seconds": seconds,
        "turn": time.monotonic_ns(),
        "stream": None if stream is None else asdict(stream),
    }
    _component(data=data, key=f"ticker_{key}")
