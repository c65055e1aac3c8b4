"""Components with a root of their own: their script, and a style that knows no other."""

from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer


def declare(file: str, html: str) -> ComponentRenderer:
    """Declare the component whose script and style lie beside `file`, named like their folder.

    Args:
        file: The path of the module that shows it.
        html: What its script finds in its root.
    """
    folder = Path(file).parent
    script, style = (
        (folder / f"{folder.name}.{kind}").read_text(encoding="utf-8") for kind in ("js", "css")
    )
    return st.components.v2.component(f"mnistlab_{folder.name}", html=html, css=style, js=script)
