"""“Fill in a sheet” on the Draw page: a form to print, and its digits from a photo."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from mnistlab.core.analysis.predictions import PredictedDigits
from mnistlab.core.arrays import Views
from mnistlab.core.drawing.handwriting import LabelledPicture, label_ink, view_digits
from mnistlab.core.errors import MnistlabError
from mnistlab.core.pictures.decoding import read_picture
from mnistlab.core.sheet.form import make_form
from mnistlab.core.sheet.layout import LAYOUTS
from mnistlab.core.sheet.reading import PHOTO_SIDE, read_sheet
from mnistlab.store import RunRecord
from mnistlab.ui import formatting
from mnistlab.ui.components.digit_grid.digit_grid import Tile, show_grid
from mnistlab.ui.errors import catch_action_errors, show_errors
from mnistlab.ui.prediction import picture_thread, predictor
from mnistlab.ui.prediction.mnist_images import data_url
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state

_READ, _TURN, _ALL = "_sheet_read", "_sheet_turn", "sheet_all"

_HOW = (
    "Print this form, write each digit five to ten times, and photograph the page: up to 100 "
    "digits at once."
)


@dataclass(frozen=True, eq=False)
class _ReadForm:
    """The digits of a photo.

    Attributes:
        file_id: The uploaded photo's.
        boxes: How many boxes the form has.
        digits: Those that were written, row by row, each with its column's label.
        views: A network's input for them, (digits, views, 28, 28).
        left_out: The indices of digits that are not to be added.
    """

    file_id: str
    boxes: int
    digits: tuple[LabelledPicture, ...]
    views: Views
    left_out: frozenset[int] = frozenset()

    @property
    def kept(self) -> list[LabelledPicture]:
        """The digits that are to be added."""
        return [digit for i, digit in enumerate(self.digits) if i not in self.left_out]


@dataclass(frozen=True)
class _Refused:
    """A photo that could not be read, and why."""

    file_id: str
    error: MnistlabError


def show(picked: RunRecord, room: int, on_added: Callable[[int], None]) -> None:
    """Show the form's files, an uploader for its photo, and the digits of that.

    Args:
        picked: The run whose network predicts the digits.
        room: How many more digits the lab can keep.
        on_added: Called with the number of digits that were added.
    """
    with st.expander("Fill in a sheet", icon=":material/grid_on:"):
        st.markdown(_HOW)
        _show_forms()
        file = st.file_uploader(
            "A photo of the filled-in form",
            type=["jpg", "jpeg", "png"],
            max_upload_size=10,
            key=f"sheet_photo_{st.session_state.setdefault(_TURN, 0)}",
            help="From above, in even light, with all four black squares in the picture.",
        )
        if file is None:
            st.session_state.pop(_READ, None)
        else:
            _show_photo(file, picked, room, on_added)


def _show_forms() -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="sheet_forms"):
        st.markdown("Form as a PDF", width="content")
        for layout in LAYOUTS:
            name = layout.paper.name
            st.download_button(
                name,
                partial(make_form, layout),  # made on download
                file_name=f"digits-{name.lower()}.pdf",
                mime="application/pdf",
                key=f"sheet_form_{name}",
                icon=":material/download:",
                on_click="ignore",
            )


@show_errors
def _show_photo(
    file: UploadedFile, picked: RunRecord, room: int, on_added: Callable[[int], None]
) -> None:
    form = _read_once(file)
    predicted = PredictedDigits(
        np.array([digit.label for digit in form.digits]), predictor.ask(picked, form.views)
    )
    is_doubtful = predicted.predictions != predicted.labels
    st.markdown(_describe(form, int(is_doubtful.sum())))
    shown = np.flatnonzero(is_doubtful).tolist()
    if st.toggle("Show all digits", key=_ALL):
        shown += np.flatnonzero(~is_doubtful).tolist()
    show_grid([_tile(i, form, predicted) for i in shown], "sheet_grid", _leave_out)
    _show_add(form, room, on_added)


def _read_once(file: UploadedFile) -> _ReadForm:
    """Return the digits of a photo, which is read when it is new.

    Raises:
        MnistlabError: As `read_picture` and `read_sheet` do.
    """
    known: _ReadForm | _Refused | None = st.session_state.get(_READ)
    if known is None or known.file_id != file.file_id:
        with st.spinner("Reading the form"):
            known = picture_thread.run(_read, file)
        st.session_state[_READ] = known
    if isinstance(known, _Refused):
        raise known.error
    return known


def _read(file: UploadedFile) -> _ReadForm | _Refused:
    try:
        sheet = read_sheet(read_picture(file.getvalue(), PHOTO_SIDE))
    except MnistlabError as error:
        return _Refused(file.file_id, error)
    # OpenCV, imported with the first photo and not when a server starts.
    from mnistlab.core.pictures.pen import fit_pen

    written = ((box.label, box.ink) for box in sheet.boxes if box.ink is not None)
    digits = tuple(label_ink(label, fit_pen(ink)) for label, ink in written)
    return _ReadForm(file.file_id, len(sheet.boxes), digits, view_digits(digits))


def _describe(form: _ReadForm, doubtful: int) -> str:
    found = f"**{formatting.digits(len(form.digits))}** in {form.boxes} boxes."
    if not doubtful:
        return f"{found} The network predicts each as its column's digit."
    return (
        f"{found} The network predicts {doubtful} of them as another digit than their column's. "
        "Press those that are in the wrong box, or cut badly, to leave them out; the network's "
        "own mistakes are worth keeping."
    )


def _tile(index: int, form: _ReadForm, predicted: PredictedDigits) -> Tile:
    label, prediction = int(predicted.labels[index]), int(predicted.predictions[index])
    confidence = formatting.probability(float(predicted.confidences[index]))
    is_left_out = index in form.left_out
    action = "Left out; press to keep it." if is_left_out else "Press to leave it out."
    return Tile(
        index,
        data_url(form.views[index, 0]),
        label,
        prediction,
        confidence,
        "left out" if is_left_out else "",
        f"In column {label}, predicted {prediction}, {confidence} confident. {action}",
    )


def _leave_out(index: int) -> None:
    """Leave a digit out, or take it in again."""
    form: _ReadForm | _Refused | None = st.session_state.get(_READ)
    if isinstance(form, _ReadForm) and 0 <= index < len(form.digits):
        st.session_state[_READ] = replace(form, left_out=form.left_out ^ {index})


def _show_add(form: _ReadForm, room: int, on_added: Callable[[int], None]) -> None:
    count = len(form.kept)
    if count > room:
        st.markdown(
            f":gray[My handwriting has room for {room} more. Leave some out, or delete others.]"
        )
    st.button(
        f"Add {formatting.digits(count)}",
        key="add_sheet",
        type="primary",
        disabled=not 0 < count <= room,
        on_click=_add,
        args=(form, on_added),
    )


@catch_action_errors
def _add(form: _ReadForm, on_added: Callable[[int], None]) -> None:
    if st.session_state.pop(_READ, None) is None:
        return  # a second press
    get_services().store.handwriting.add(state.lab(), form.kept)
    st.session_state[_TURN] += 1  # a new key gives an empty uploader
    on_added(len(form.kept))
