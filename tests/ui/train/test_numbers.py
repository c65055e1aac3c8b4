"""A run's four numbers: of the best epoch, with the last one's as a note."""

import re

from mnistlab.core.analysis.comparison import ComparedRun
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import StepPoint
from mnistlab.core.training.history import History
from mnistlab.ui.live.snapshot import RunSnapshot
from mnistlab.ui.train.numbers import no_numbers, numbers
from tests.factories import curve

CONFIG = RunConfig(epochs=4)


def told(history: History, status: RunStatus, correct: int | None = None) -> dict[str, str]:
    """Return each number with its note, by its label."""
    run = RunSnapshot(ComparedRun("1", "A run", CONFIG, history), status)
    return read(numbers(run, correct, 10_000))


def read(html: str) -> dict[str, str]:
    tile = r"<span>([^<]*)</span><b>([^<]*)</b><small>([^<]*)</small>"
    return {label: f"{value} {note}".strip() for label, value, note in re.findall(tile, html)}


HISTORY = curve([0.5, 0.3, 0.4], accuracies=(0.9, [0.8, 0.91, 0.92]))


def test_accuracy_and_loss_are_of_the_epoch_with_the_lowest_validation_loss() -> None:
    for status in (RunStatus.RUNNING, RunStatus.FINISHED):
        shown = told(HISTORY, status)
        assert shown["Validation accuracy"] == "91.00% epoch 2; last 92.00%"
        assert shown["Validation loss"] == "0.300 epoch 2; last 0.400"


def test_what_it_was_trained_for_comes_first() -> None:
    assert list(told(HISTORY, RunStatus.FINISHED, correct=9_000)) == [
        *("Test accuracy", "Validation accuracy", "Validation loss", "Training time")
    ]
    assert next(iter(told(HISTORY, RunStatus.RUNNING))) == "Validation accuracy"


def test_a_run_that_is_trained_on_says_nothing_of_its_test_before() -> None:
    assert "Test accuracy" not in told(HISTORY, RunStatus.RUNNING, correct=9_000)


def test_the_test_accuracy_has_its_interval() -> None:
    # Wilson (1927) for 9,000 of 10,000.
    shown = told(HISTORY, RunStatus.FINISHED, correct=9_000)["Test accuracy"]
    assert shown == "90.00% 95% CI 89.40–90.57%"


def test_a_run_that_goes_on_has_a_time_left() -> None:
    assert list(told(HISTORY, RunStatus.RUNNING))[2:] == ["Time per epoch", "Time left"]


def test_before_the_first_epoch_training_is_all_there_is() -> None:
    history = History([StepPoint(1, 0.1, 2.2, 0.2, 0.1, 0.1)])
    shown = told(history, RunStatus.RUNNING)
    assert shown["Validation accuracy"] == "– training 20.00%"
    assert told(History(), RunStatus.QUEUED)["Validation accuracy"] == "–"
    assert set(read(no_numbers()).values()) == {"–"}


def test_without_validation_images_it_says_so() -> None:
    shown = told(curve([None, None]), RunStatus.FINISHED)
    assert shown["Training accuracy"].endswith("no validation images")
