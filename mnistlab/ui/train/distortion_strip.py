"""Examples of distorted training images, below the setting for them."""

import streamlit as st
from markupsafe import Markup

from mnistlab.core.arrays import Pixels
from mnistlab.core.settings.distortions import DISTORTIONS
from mnistlab.ui.prediction.mnist_images import data_url
from mnistlab.ui.services import get_services


def show_strip(name: str) -> None:
    """Show ten digits under a kind of distortion, several times each; nothing for none."""
    spec = DISTORTIONS[name]
    if spec.warp is None:
        return
    samples = get_services().engine.samples
    if samples is None:
        # The page reruns when the machine's speed is known, and the samples are ready by then.
        st.markdown(":gray[Examples in a moment…]")
        return
    st.html(
        Markup(
            '<img class="lab-digit lab-strip" src="{}" '
            'alt="Ten training digits, each changed three times by {}">'
            '<p class="lab-note">Ten training digits, each changed three times.</p>'
        ).format(data_url(_join(samples[name])), spec.label)
    )


def _join(images: Pixels) -> Pixels:
    """Join images (times, digits, height, width) into one, a row for each time."""
    times, digits, height, width = images.shape
    return images.transpose(0, 2, 1, 3).reshape(times * height, digits * width)
