"""What is said of convergence and its troubles: plain sentences with their numbers."""

import dataclasses
import re
from collections.abc import Sequence
from html import unescape

import pytest

from mnistlab.core.analysis.diagnosis.convergence import find_convergence
from mnistlab.core.analysis.diagnosis.diagnosis import Diagnosis, diagnose
from mnistlab.core.analysis.diagnosis.evidence import Evidence
from mnistlab.core.analysis.diagnosis.signs import Sign, SignKind
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.rate_change import RateChange
from mnistlab.core.training.events import Divergence
from mnistlab.core.training.history import History
from mnistlab.ui.diagnosis.convergence import note
from tests.factories import curve, hidden, last, probe

CONFIG = RunConfig(schedule="constant", learning_rate=0.02)


def said(
    history: History,
    status: RunStatus = RunStatus.FINISHED,
    config: RunConfig = CONFIG,
    signs: tuple[Sign, ...] = (),
) -> str:
    """Return the words alone."""
    evidence = Evidence(config, history, find_convergence(config, history))
    html = note(Diagnosis(evidence, signs), status)
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
        words = said(curve([3.2, 1.6, 0.8, 0.4, 0.2]), config=config, status=status)
        assert outlook in words
        assert "another" not in words

    def test_waits_after_the_rate_was_changed(self) -> None:
        config = dataclasses.replace(CONFIG, rate_changes=(RateChange(11, 0.1),))
        words = said(curve([3.2, 1.6, 0.8, 0.4, 0.2]), config=config)
        assert "The learning rate was changed; a forecast needs more epochs" in words
        assert "another" not in words

    def test_names_the_images_it_is_measured_on(self) -> None:
        config = dataclasses.replace(CONFIG, validation_images=0)
        words = said(curve([None] * 3, [0.8, 0.6, 0.4]), config=config)
        assert "the training loss fell by" in words


class TestARunThatGoesOn:
    LEVEL = (0.8, 0.4, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3)

    def so_far(self, losses: Sequence[float]) -> str:
        config = dataclasses.replace(CONFIG, epochs=20)
        return said(curve(losses), RunStatus.RUNNING, config)

    def test_is_not_judged_before_its_fifth_epoch(self) -> None:
        assert "Convergence Can't tell yet" in self.so_far(self.LEVEL[:4])

    def test_is_not_judged_in_its_first_quarter(self) -> None:
        config = dataclasses.replace(CONFIG, epochs=36)
        assert "Can't tell yet" in said(curve(self.LEVEL), RunStatus.RUNNING, config)

    def test_is_judged_once_its_state_has_lasted_three_epochs(self) -> None:
        assert "Can't tell yet" in self.so_far(self.LEVEL[:5])
        assert "Converged since epoch 3, so far" in self.so_far(self.LEVEL)

    def test_has_its_numbers_meanwhile(self) -> None:
        assert "Validation loss is level at 0.300" in self.so_far(self.LEVEL[:5])


def test_what_is_suspected_has_a_place_of_its_own() -> None:
    config = dataclasses.replace(CONFIG, learning_rate=1e-6)
    seen = probe(1, hidden(update=1e-6), hidden(update=1e-6), last(update=1e-6))
    slow = curve([2.29, 2.28, 2.27], accuracies=(0.2, 0.2), probes=[seen])
    assert diagnose(config, slow).causes
    for status in (RunStatus.RUNNING, RunStatus.FINISHED):
        assert "uspected" not in said(slow, status, config)


def test_what_is_seen_inside_is_told_with_its_figures() -> None:
    dead = Sign(SignKind.DEAD_UNITS, 0.97, layer=4)
    assert "Seen inside Dead units Evidence In layer 4, 97% of the units" in said(
        curve([2.3, 2.3, 2.3]), signs=(dead,)
    )
