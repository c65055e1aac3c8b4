"""Where the parts of the Draw page stand, in the order of a phone; `draw.css` arranges them."""

from dataclasses import dataclass, fields

import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator


@dataclass(frozen=True)
class Places:
    """The page's containers.

    Attributes:
        answer: The predicted digit.
        digit: What is asked about: the pad, a test digit or a picture.
        label: The true label of a drawing.
        bars: The ten probabilities.
        seen: The network's input.
        why: The title of the explanations.
        nearest: The most similar training images.
        evidence: The pixels for and against.
        others: The predictions of other networks.
    """

    answer: DeltaGenerator
    digit: DeltaGenerator
    label: DeltaGenerator
    bars: DeltaGenerator
    seen: DeltaGenerator
    why: DeltaGenerator
    nearest: DeltaGenerator
    evidence: DeltaGenerator
    others: DeltaGenerator


def lay_out() -> Places:
    """Show the containers."""
    with st.container(key="draw_places"):
        return Places(*(st.container(key=f"draw_{field.name}") for field in fields(Places)))


def blank_square(text: str) -> Markup:
    """Return what stands in the digit's place as long as there is none."""
    return Markup('<div class="lab-square lab-blank">{}</div>').format(text)
