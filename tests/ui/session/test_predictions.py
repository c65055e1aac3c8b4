"""Predictions on their way through the URL."""

import pytest

from mnistlab.core.experiments.registry import EXPERIMENTS
from mnistlab.ui.session import predictions as guesses


def test_what_is_written_is_read_again() -> None:
    made = {name: next(iter(each.options)) for name, each in EXPERIMENTS.items()}
    made["luck"] = guesses.SKIPPED
    assert guesses.read(guesses.write(made)) == made


@pytest.mark.parametrize("text", ["", ",", ":", "luck", "luck:", "luck:none", "none:small"])
def test_what_is_no_prediction_is_left_out(text: str) -> None:
    assert guesses.read(text) == {}
    assert guesses.read(f"{text},depth:both") == {"depth": "both"}
