"""Labels under suspicion: the training images whose labels a network resisted longest."""

import streamlit as st
from markupsafe import Markup

from mnistlab.core.drawing.views import view_image
from mnistlab.core.run import SuspiciousLabels
from mnistlab.core.settings.config import RunConfig
from mnistlab.store import RunRecord
from mnistlab.ui.components.digit_grid.digit_grid import Tile, show_grid
from mnistlab.ui.components.verdict.verdict import verdicts
from mnistlab.ui.errors import show_errors
from mnistlab.ui.mistakes import suspicious_words as words
from mnistlab.ui.mistakes.drawer import open_drawer, show_image
from mnistlab.ui.mistakes.pressed import note_press
from mnistlab.ui.prediction import predictor
from mnistlab.ui.prediction.mnist_images import data_url, load_training_images
from mnistlab.ui.services import get_services

GRID = "suspicious_grid"
ANCHOR = "labels-under-suspicion"
"""Of the section, to link to it from above what comes before."""
_AT_FIRST, _MORE = 20, 60
_SHOWN = "suspicious_shown"


@show_errors
def show_suspicious_labels(run: RunRecord) -> None:
    """Show which of a run's labels are suspicious, and whether the suspicion is right."""
    st.subheader("Labels under suspicion", anchor=ANCHOR)
    labels = get_services().store.suspicious_labels(run.id)
    if labels is None:
        st.markdown(f":gray[{words.why_none(run)}]")
        return
    shown = min(st.session_state.setdefault(_SHOWN, _AT_FIRST), len(labels.indices))
    st.html(_verdicts(labels, shown, run))
    st.html(words.HOW_IT_IS_JUDGED)
    if shown:
        _show_images(labels, shown, run.config)


def _verdicts(labels: SuspiciousLabels, shown: int, run: RunRecord) -> Markup:
    sections = [words.estimate(labels, run)]
    if shown and words.is_shuffled(run.config):
        own = load_training_images().labels[labels.indices[:shown]]
        differing = int((own != labels.labels[:shown]).sum())
        sections.append(words.comparison(differing, shown, run.config))
    return verdicts(sections, "labels")


def _show_images(labels: SuspiciousLabels, shown: int, config: RunConfig) -> None:
    st.markdown(
        f"**{words.most_suspicious(shown)}** "
        ":gray[label → most probable other digit; press one to look closer]"
    )
    tiles = [_tile(place, labels, config) for place in range(shown)]
    show_grid(tiles, key=GRID, on_press=note_press(GRID))
    if len(labels.indices) > shown:
        st.button("Show more", key="show_more_suspicious", on_click=_show_more)


def _show_more() -> None:
    st.session_state[_SHOWN] += _MORE


def _tile(place: int, labels: SuspiciousLabels, config: RunConfig) -> Tile:
    training, index = load_training_images(), int(labels.indices[place])
    label, other = int(labels.labels[place]), int(labels.predictions[place])
    nats = float(labels.margins[place])
    mark = words.mark(label, int(training.labels[index]), config)
    return Tile(
        place,
        data_url(training.pixels[index]),
        label,
        other,
        words.margin(nats),
        mark,
        f"{words.image_name(index)}: {words.tile(label, other, nats, mark)}",
    )


def show_closely(run: RunRecord, place: int) -> None:
    """Open the drawer at the suspicious image at a place, if there is one."""
    labels = get_services().store.suspicious_labels(run.id)
    if labels is not None and 0 <= place < len(labels.indices):
        open_drawer(range(len(labels.indices)), place, lambda at: _show_image(run, labels, at))


def _show_image(run: RunRecord, labels: SuspiciousLabels, place: int) -> None:
    training, index = load_training_images(), int(labels.indices[place])
    pixels, own = training.pixels[index], int(training.labels[index])
    label, other = int(labels.labels[place]), int(labels.predictions[place])
    probabilities = predictor.ask(run, view_image(pixels))
    st.markdown(words.closer_look(index, label, other, int(probabilities.argmax())))
    show_image(pixels, words.image_name(index), probabilities, label)
    st.markdown(words.closer_margin(place + 1, float(labels.margins[place])))
    st.markdown(words.closer_comparison(label, own, run.config))
