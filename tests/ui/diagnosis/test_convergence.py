"""What is said of convergence and its troubles: plain sentences with their numbers."""

import dataclasses
import re
from html import unescape

import pytest

from mnistlab.core.analysis.diagnosis.causes import Cause, CauseKind
from mnistlab.core.analysis.diagnosis.convergence import find_convergence
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import Divergence
from mnistlab.core.training.history import History
from mnistlab.ui.diagnosis.convergence import note
from tests.factories import curve

CONFIG = RunConfig(schedule="constant", learning_rate=0.02)


def said(
    history: History,
    config: RunConfig = CONFIG,
    causes: tuple[Cause, ...] = (),
    status: RunStatus = RunStatus.FINISHED,
) -> str:
    """Return the words alone."""
    html = note(config, history, find_convergence(config, history), causes, status)
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(html)).split())


class TestAState:
    def test_is_left_open_at_first(self) -> None:
        assert "Can't tell yet It takes 3 epochs" in said(curve([0.5, 0.4]))

    def test_says_where_it_diverged(self) -> None:
        history = curve([0.5])
        history.add(Divergence(1_234, 1.2))
        assert "Diverged At step 1,234 (epoch 1.20) the loss became infinite or NaN" in said(
            history
        )

    def test_says_how_much_guessing_would_cost(self) -> None:
        words = said(curve([2.30, 2.31, 2.30, 2.30, 2.31]))
        assert "At chance level Validation loss is 2.31, with no clear fall." in words
        assert "Giving every digit 10% means a loss of 2.30." in words

    def test_says_how_much_comes_and_goes(self) -> None:
        # Up by a factor of two, twice, and down by it once, over four changes: 1 - (1/2)^(1/4).
        words = said(curve([0.2, 0.4, 0.4, 0.8, 0.4]))
        assert "Oscillating On average the validation loss swung up and back by 15.9% per" in words

    def test_says_when_it_was_best(self) -> None:
        words = said(curve([0.5, 0.31, 0.30, 0.34, 0.36, 0.38]))
        assert "Past its best Validation loss was lowest in epoch 3." in words

    def test_says_since_when_it_is_level_and_how_sure_that_is(self) -> None:
        words = said(curve([0.8, 0.4, 0.3, 0.3, 0.3, 0.3]))
        # 1.96 standard errors of 0.01, of a loss of 0.3, over two epochs.
        assert "Converged since epoch 3 Validation loss is level at 0.300" in words
        assert "over the last 2 epochs it fell by 0.0 ± 3.3% per epoch (95% CI)." in words

    def test_says_what_more_epochs_would_bring(self) -> None:
        words = said(curve([3.2, 1.6, 0.8, 0.4, 0.2]))
        assert "Still improving Over the last 2 epochs the validation loss fell" in words
        assert "fell by 50.0 ± 2.4% per epoch (95% CI), to 0.200." in words
        assert (
            "After another 3 epochs the loss will likely be about 0.0250 (0.0216–0.114)." in words
        )

    @pytest.mark.parametrize(
        ("status", "outlook"),
        [(RunStatus.RUNNING, "no forecast yet"), (RunStatus.FINISHED, "restarts it")],
    )
    def test_does_not_say_so_while_the_rate_changes(self, status: RunStatus, outlook: str) -> None:
        config = dataclasses.replace(CONFIG, schedule="cosine")
        words = said(curve([3.2, 1.6, 0.8, 0.4, 0.2]), config, status=status)
        assert outlook in words
        assert "another" not in words

    def test_names_the_images_it_is_measured_on(self) -> None:
        config = dataclasses.replace(CONFIG, validation_images=0)
        words = said(curve([None] * 3, [0.8, 0.6, 0.4]), config)
        assert "the training loss fell by" in words


class TestACause:
    @pytest.mark.parametrize("kind", CauseKind)
    @pytest.mark.parametrize("activation", ["relu", "sigmoid"])
    def test_has_words_evidence_and_a_remedy(self, kind: CauseKind, activation: str) -> None:
        config = dataclasses.replace(CONFIG, activation=activation)
        cause = Cause(kind, 0.123, 0.456, layer=2)
        words = said(curve([2.3, 2.3, 2.3]), config, (cause,))
        _, why = words.split(" Likely cause ")
        assert re.search(r"\d", why)
        assert re.search(r"Try |Check ", why)
        assert not re.search(r"\bnan\b|\binf\b|None", why)

    @pytest.mark.parametrize(
        ("cause", "words"),
        [
            (
                Cause(CauseKind.RATE_TOO_HIGH, 744.4, 18.7),
                "by up to 19 times their size (typical: about 0.1%), and training loss jumped to "
                "744. Try 0.002 instead of 0.02.",
            ),
            (
                Cause(CauseKind.RATE_TOO_LOW, 3e-5),
                "by more than 0.003% (typical: about 0.1%). Try 0.2 instead of 0.02.",
            ),
            (
                Cause(CauseKind.RATE_TOO_HIGH, 2.0, 0.000304),
                "changed a layer's weights by up to 0.030% (typical",
            ),
            (
                Cause(CauseKind.VANISHING, 1e-5, 0.44, layer=1),
                "measurements the last layer's gradient was 44,000 times the first's or more,",
            ),
            (
                Cause(CauseKind.VANISHING, 0.0, 0.44, layer=1),
                "In at least half of the measurements no gradient reached the first layer,",
            ),
            (
                Cause(CauseKind.VANISHING, 1e-30, 0.44, layer=1),
                "the last layer's gradient was 4.4 × 10²⁹ times the first's or more,",
            ),
            (Cause(CauseKind.DEAD_UNITS, 0.97, layer=4), "In layer 4, 97% of the units lie in"),
            (Cause(CauseKind.LINEAR, 8e-6, 0.928), "the same logits (to within 8 × 10⁻⁶)."),
            (Cause(CauseKind.LINEAR, 8e-6, 0.928), "this one gets 92.8% of its training images."),
            (Cause(CauseKind.REGULARISED, 0.9, 0.0), "With a dropout of 0.9, it"),
            (
                Cause(CauseKind.REGULARISED, 0.9, 0.1),
                "a dropout of 0.9 and a weight decay of 0.1, it",
            ),
        ],
        ids=lambda value: value.kind if isinstance(value, Cause) else "",
    )
    def test_is_told_with_its_figures(self, cause: Cause, words: str) -> None:
        assert words in said(curve([2.3, 2.3, 2.3]), causes=(cause,))

    def test_names_shuffled_labels_only_where_they_are_set(self) -> None:
        cause = Cause(CauseKind.LABELS, 0.52, 0.91)
        assert "Shuffled labels is" not in said(curve([0.5] * 3), causes=(cause,))
        config = dataclasses.replace(CONFIG, shuffled_labels=0.5)
        words = said(curve([0.5] * 3), config, (cause,))
        assert "gets 52.0% of its training images right, and 91.0% of the validation" in words
        assert "Shuffled labels is set to 0.5." in words
