"""A table whose rows are the lines of a chart: its legend, and what brings a line forward."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent

# In the page itself, so that its style and the lines' signs are those of other tables.
_component = st.components.v2.component(
    "mnistlab_ranking",
    html='<div class="lab-ranking lab-pressable"><table class="lab-table"></table></div>',
    js=(_HERE / "ranking.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


@dataclass(frozen=True)
class RankedLine:
    """One row.

    Attributes:
        id: Unique among the rows.
        rank: As text.
        style: The number of its line style.
        name: The line's name.
        further: What is said beside the name, in a muted colour.
        state: Of a run that has not finished, such as "Training"; else empty.
        cells: The other columns.
    """

    id: str
    rank: str
    style: int
    name: str
    further: str
    state: str
    cells: list[str]


def show_ranking(
    title: str, heads: Sequence[str], lines: Sequence[RankedLine], key: str
) -> str | None:
    """Show a table; return the id of the pressed row, if one is.

    Args:
        title: For screen readers.
        heads: The columns' titles: of the rank, the name and each cell.
        lines: The rows.
        key: Of the element.
    """
    # The browser may send anything.
    known = {line.id for line in lines}
    sent = st.session_state.get(key, {}).get("pressed")
    pressed = sent if isinstance(sent, str) and sent in known else None
    rows = [asdict(line) for line in lines]
    _component(
        data={"title": title, "heads": list(heads), "rows": rows, "pressed": pressed},
        key=key,
        default={"pressed": None},
        on_pressed_change=lambda: None,
    )
    return pressed
