"""Three explanations of a prediction, below it on the Draw page."""

import numpy as np
import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

from mnistlab.core.analysis.attribution import integrated_gradients
from mnistlab.core.analysis.likeness import NEIGHBOURS, hardly_a_digit
from mnistlab.core.analysis.neighbours import find_nearest
from mnistlab.core.arrays import Float32Array, Pixels
from mnistlab.store import RunRecord
from mnistlab.ui.draw.other_predictions import show_other_predictions
from mnistlab.ui.draw.places import Places
from mnistlab.ui.draw.question import Prediction
from mnistlab.ui.errors import show_errors
from mnistlab.ui.prediction import predictor
from mnistlab.ui.prediction.mnist_images import data_url, load_training_images

_SHOWN = 8
_ACCENT = np.array([111, 146, 255])
"""The accent colour, lighter for a black background."""
_WHITE = np.array([255, 255, 255])
_INK_BEHIND = 0.22
"""Brightness of the digit behind the coloured pixels."""


def show_explanations(
    places: Places, run: RunRecord, prediction: Prediction | None, doubt: DeltaGenerator
) -> None:
    """Show all explanations, whose errors are shown separately.

    Args:
        places: Where.
        run: The run whose network predicted.
        prediction: Its prediction; None if there is no digit yet.
        doubt: The container for the note that the image hardly looks like a digit.
    """
    places.why.subheader("Why?", anchor=False)
    if prediction is None:
        places.why.html(_WHAT_COMES)
        _prepare()
        return
    with places.nearest:
        _show_nearest(prediction, doubt)
    with places.evidence:
        _show_pixels(run, prediction)
    with places.others:
        show_other_predictions(run, prediction)


_WHAT_COMES = Markup(
    '<p class="lab-note">Once there is a digit, the training images most like it, the evidence for '
    "and against the prediction, and what other networks predict are shown here.</p>"
)


@show_errors
def _prepare() -> None:
    load_training_images()  # so that the first drawing does not wait for them


@show_errors
def _show_nearest(prediction: Prediction, doubt: DeltaGenerator) -> None:
    image = prediction.question.views[0]
    found = find_nearest(load_training_images(), image, NEIGHBOURS)
    if hardly_a_digit(image, found):
        doubt.html(_UNLIKE)
    labels = map(str, found.labels[:_SHOWN])
    st.html(_nearest_html(list(zip(found.images, labels, strict=False))))


_UNLIKE = Markup('<p class="lab-doubt" role="status">This hardly looks like a digit.</p>')


def _nearest_html(tiles: list[tuple[Pixels, str]]) -> Markup:
    item = Markup('<li><img class="lab-digit" src="{}" alt="A training image">{}</li>')
    items = Markup().join(item.format(data_url(image), label) for image, label in tiles)
    return Markup(
        '<p class="lab-caption">Most similar training images</p>'
        '<ol class="lab-list lab-nearest">{}</ol>'
        '<p class="lab-note">The eight of MNIST\'s 60,000 training images that differ least, pixel '
        "by pixel, with their labels. If none looks like yours, the prediction is a guess.</p>"
    ).format(items)


@show_errors
def _show_pixels(run: RunRecord, prediction: Prediction) -> None:
    digit, rival = np.argsort(-prediction.probabilities, kind="stable")[:2].tolist()
    image = prediction.question.views[0]
    shares = integrated_gradients(predictor.network(run), image, digit, rival)
    panels = (_panel(image, shares, _ACCENT), _panel(image, -shares, _WHITE))
    title = f"Evidence for {digit} over {rival}"
    st.html(_pixels_html(title, (f"+ for {digit}", f"− for {rival}"), panels))


def _panel(image: Pixels, shares: Float32Array, colour: Pixels) -> Pixels:
    """Paint the pixels whose share is above 0 over the digit, (28, 28, 3)."""
    shares = np.nan_to_num(shares)  # NaN if the network has nearly diverged
    strongest = float(np.abs(shares).max()) or 1.0
    # The square root keeps weaker pixels visible beside a strong one.
    strength = np.sqrt((shares / strongest).clip(min=0))[..., np.newaxis]
    ink = np.repeat(image[..., np.newaxis] * _INK_BEHIND, 3, axis=2)
    painted: Pixels = (ink + (colour - ink) * strength).round().astype(np.uint8)
    return painted


def _pixels_html(title: str, names: tuple[str, str], panels: tuple[Pixels, Pixels]) -> Markup:
    figure = Markup(
        '<figure><img class="lab-digit" width="148" height="148" src="{}" '
        'alt="Evidence {}, pixel by pixel"><figcaption>{}</figcaption></figure>'
    )
    figures = Markup().join(
        figure.format(data_url(panel), name[2:], name)
        for name, panel in zip(names, panels, strict=True)
    )
    return Markup(
        '<p class="lab-caption">{}</p><div class="lab-eyes">{}</div>'
        "<p class=\"lab-note\">How much each pixel raises one digit's score over the other's as a "
        "blank image becomes this one; brighter is more.</p>"
    ).format(title, figures)
