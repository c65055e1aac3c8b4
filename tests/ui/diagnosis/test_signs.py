"""Sentences on what is seen inside a network."""

import pytest

from mnistlab.core.analysis.diagnosis.signs import Sign, SignKind
from mnistlab.core.settings.config import RunConfig
from mnistlab.ui.diagnosis.signs import explain


@pytest.mark.parametrize(
    ("sign", "words"),
    [
        (
            Sign(SignKind.VANISHING, 1e-5, 0.44, layer=1),
            "measurements the last layer's gradient was 44,000 times the first's or more,",
        ),
        (
            Sign(SignKind.VANISHING, 0.0, 0.44, layer=1),
            "In at least half of the measurements no gradient reached the first layer,",
        ),
        (
            Sign(SignKind.VANISHING, 1e-30, 0.44, layer=1),
            "the last layer's gradient was 4.4 × 10²⁹ times the first's or more,",
        ),
        (Sign(SignKind.DEAD_UNITS, 0.97, layer=4), "In layer 4, 97% of the units lie in"),
        (Sign(SignKind.SATURATED, 0.98, layer=1), "In layer 1, 98% of activations lie where"),
        (Sign(SignKind.SYMMETRY, 1.0, layer=2), "In layer 2, 100% of the units have another"),
        (Sign(SignKind.EXPLODING, 50.0, 2.3, layer=2), "the gradient norm of layer 2 was 50.0 ("),
        (Sign(SignKind.LINEAR, 8e-6, 0.928), "the same logits (to within 8 × 10⁻⁶)."),
        (Sign(SignKind.LINEAR, 8e-6, 0.928), "this one gets 92.8% of its training images."),
    ],
    ids=lambda value: value.kind if isinstance(value, Sign) else "",
)
def test_each_is_told_with_its_figures(sign: Sign, words: str) -> None:
    assert words in explain(sign, RunConfig()).evidence


def test_without_a_hidden_layer_no_layers_are_multiplied() -> None:
    sign = Sign(SignKind.LINEAR, 0.0, 0.91)
    words = explain(sign, RunConfig(hidden_layers=0)).evidence
    assert words.startswith("Without a hidden layer it only adds up weighted pixels.")
