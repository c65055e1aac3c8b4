"""What a network answers on the Draw page."""

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnistlab.core.metrics import Probabilities
from mnistlab.core.views import Views
from mnistlab.store import RunRecord
from mnistlab.ui import predictor, wording
from mnistlab.ui.probabilities import bars, no_bars


@dataclass(frozen=True, eq=False)
class Question:
    """What a network is asked.

    Attributes:
        views: How it is shown to the network, whose answer is the mean over them.
        plain: How most demos would show it; None for what is an MNIST image already.
        has_slash: Whether the slash of a zero was left out.
        label: The digit that it is, if that is known.
    """

    views: Views
    plain: Views | None = None
    has_slash: bool = False
    label: int | None = None


def show_answer(run: RunRecord, question: Question | None, wish: str) -> DeltaGenerator:
    """Show the answer of a run's network.

    Args:
        run: Whose network is asked.
        question: None if there is nothing to ask about yet.
        wish: What to say then.

    Returns:
        A place beside the answer, in which to say that the question makes no sense.
    """
    if question is None:
        st.html(f'<div class="lab-answer"><span>{wish}</span></div>')
        doubt = st.container()
        st.html(no_bars())
        return doubt
    probabilities = predictor.ask(run, question.views)
    prediction = int(probabilities.argmax())
    st.html(
        f'<div class="lab-answer" role="status"><b data-prediction="{prediction}">{prediction}</b>'
        f"<span>{sure(probabilities)}</span></div>"
    )
    doubt = st.container()
    st.html(bars(probabilities, question.label))
    return doubt


def sure(probabilities: Probabilities) -> str:
    """Write how sure a network is of its prediction: 97.3 % sure."""
    return f"{wording.probability(float(probabilities.max()))} sure"
