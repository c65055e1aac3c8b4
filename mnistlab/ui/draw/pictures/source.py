"""Where a picture comes from: a file, or the device's camera."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnistlab.ui.components.framed.framed import show_notice_in_frame


def take_picture(place: DeltaGenerator) -> bytes | None:
    """Show the ways to choose a picture; return its file, if there is one.

    Args:
        place: Where the camera's own view stands until a photo is taken.
    """
    show_notice_in_frame()
    if st.session_state.get("camera"):
        with place:
            taken = st.camera_input("Photo of digits", key="taken", label_visibility="collapsed")
    else:
        taken = st.file_uploader(
            "A picture of one digit or several",
            type=["png", "jpg", "jpeg"],
            max_upload_size=10,
            key="picture",
            help="A photo, a scan or a screenshot; dark on light or light on dark. Phones offer "
            "their camera here too, with its full resolution.",
        )
    st.toggle("Use this device's camera", key="camera")
    return None if taken is None else taken.getvalue()
