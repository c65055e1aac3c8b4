"""A photo under the outlines of what was found in it, with what a visitor corrects."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import streamlit as st

from mnistlab.core.pictures.reading import NO_CORRECTIONS, Box, Corrections, Outline
from mnistlab.ui.components.own_root import declare

_component = declare(
    __file__,
    """
<svg role="group" aria-label="Your picture, with what was found in it"></svg>
<div class="list" role="group" aria-label="What was found, in reading order"></div>
<div class="controls">
  <button type="button" class="turn" title="Turn the picture by a quarter">Turn</button>
  <button type="button" data-mode="cut" title="Draw a box around what counts">Crop</button>
  <button type="button" data-mode="leave-out" title="Press what is no digit">Leave out</button>
  <button type="button" class="again">Start over</button>
</div>""",
)

_MOST_OUTLINES = 200
_MOST_POINTS = 20_000
"""Of the marks that a visitor leaves out; the browser may send anything."""


@dataclass(frozen=True)
class Photo:
    """A picture to look at.

    Attributes:
        url: A data URL.
        width: In the pixels that outlines are given in.
        height: Likewise.
    """

    url: str
    width: int
    height: int


@dataclass(frozen=True, eq=False)
class Found:
    """Something that was found in a photo, which can be pressed.

    Attributes:
        outlines: Around each of its marks.
        box: Around all of them.
        text: What is written beside it and in the list below the photo; without it, there is none.
        row: The line of the list that it stands in, counted from 0.
        description: What it is, for screen readers.
    """

    outlines: tuple[Outline, ...]
    box: Box
    text: str
    row: int
    description: str


@dataclass(frozen=True)
class View:
    """What a visitor makes of a photo.

    Attributes:
        corrections: Of what is found in it.
        chosen: The number of the one that counts among what was found.
    """

    corrections: Corrections = NO_CORRECTIONS
    chosen: int = 0


def show_photo(photo: Photo, found: Sequence[Found], view: View, key: str) -> None:
    """Show a photo with its controls.

    Args:
        photo: Turned as the view's corrections say.
        found: What can be pressed in it.
        view: As `read_view` returns it.
        key: Of the element; another picture needs another.
    """
    data = {
        "photo": asdict(photo),
        "found": [_to_json(each) for each in found],
        "chosen": view.chosen,
        "corrections": _corrections_to_json(view.corrections),
    }
    _component(data=data, key=key, on_view_change=lambda: None)


def read_view(key: str) -> View:
    """Return what the visitor makes of the photo with this key so far."""
    sent = st.session_state.get(key, {}).get("view")
    try:
        return _read(sent)
    # The browser may send anything.
    except (TypeError, ValueError, LookupError, OverflowError):
        return View()


def _read(sent: Any) -> View:
    box, excluded = sent["box"], sent["excluded"]
    if len(excluded) > _MOST_OUTLINES or sum(map(len, excluded)) > _MOST_POINTS:
        return View()
    outlines = (np.array(points, dtype=np.int32).reshape(-1, 2) for points in excluded)
    corrections = Corrections(
        quarter_turns=int(sent["turns"]) % 4,
        box=None if box is None else _read_box(box),
        excluded=tuple(outline for outline in outlines if len(outline)),
    )
    return View(corrections, max(0, int(sent["chosen"])))


def _read_box(sent: Any) -> Box:
    left, top, right, bottom = map(int, sent)
    return left, top, right, bottom


def _corrections_to_json(corrections: Corrections) -> dict[str, object]:
    return {
        "turns": corrections.quarter_turns,
        "box": None if corrections.box is None else list(corrections.box),
        "excluded": [outline.tolist() for outline in corrections.excluded],
    }


def _to_json(found: Found) -> dict[str, object]:
    return {
        "outlines": [outline.tolist() for outline in found.outlines],
        "box": list(found.box),
        "text": found.text,
        "row": found.row,
        "description": found.description,
    }
