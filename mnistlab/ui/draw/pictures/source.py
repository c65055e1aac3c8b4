"""Where a picture comes from: a file, or the device's camera."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnistlab.ui.components.framed.framed import show_notice_in_frame
from mnistlab.ui.draw.places import blank_square

_PHOTO = "photo_taken"
_RETAKEN = "times_retaken"


def take_picture(place: DeltaGenerator) -> bytes | None:
    """Show the ways to choose a picture; return its file, if there is one.

    Args:
        place: Where the picture will stand: until then the camera's own view, or an empty square.
    """
    show_notice_in_frame()
    content = _use_camera(place) if st.session_state.get("camera") else _upload(place)
    st.toggle("Use this device's camera", key="camera")
    return content


def _use_camera(place: DeltaGenerator) -> bytes | None:
    """Show the camera until a photo is taken, which is kept without it."""
    photo: bytes | None = st.session_state.get(_PHOTO)
    if photo is None:
        # Each photo has a camera of its own: the browser may still have the last one's photo.
        key = f"camera_view_{st.session_state.get(_RETAKEN, 0)}"
        place.camera_input(
            "Photo of digits",
            key=key,
            label_visibility="collapsed",
            on_change=_keep,
            args=(key,),
        )
    else:
        st.button(
            "Take another",
            key="take_another",
            icon=":material/photo_camera:",
            on_click=_retake,
        )
    return photo


def _keep(key: str) -> None:
    taken = st.session_state[key]
    if taken is not None:
        st.session_state[_PHOTO] = taken.getvalue()


def _retake() -> None:
    st.session_state.pop(_PHOTO)
    st.session_state[_RETAKEN] = st.session_state.get(_RETAKEN, 0) + 1


def _upload(place: DeltaGenerator) -> bytes | None:
    file = st.file_uploader(
        "A picture of one digit or several",
        type=["png", "jpg", "jpeg"],
        max_upload_size=10,
        key="picture",
        help="A photo, a scan or a screenshot; dark on light or light on dark. Phones offer "
        "their camera here too, with its full resolution.",
    )
    if file is None:
        place.html(blank_square("Your picture"))
        return None
    return file.getvalue()
