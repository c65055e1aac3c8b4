"""What one run shows by itself."""

from mnistlab.core.experiments.evidence import find_evidence
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History
from tests.factories import outcome, overfitting

CONFIG = RunConfig(epochs=2)


def test_a_run_that_learned_shows_its_losses_and_its_best_epoch() -> None:
    run = outcome("a", CONFIG, 0.88, training=0.94)
    losses, accuracy = find_evidence(CONFIG, run.history)
    # 2.3 − (1.3 + 0.94) and 2.3 − (1.3 + 0.88).
    assert losses == "Training loss fell: 2.30 at the first step, 0.0600 in epoch 2."
    assert accuracy == (
        "Best at epoch 2, which had the lowest validation loss (0.120): "
        "88.00% of the validation images correct."
    )


def test_a_run_that_overfits_shows_when_that_began() -> None:
    run = overfitting("a", CONFIG, best=4)
    assert find_evidence(CONFIG, run.history)[-1] == (
        "Overfitting, by validation loss, began at epoch 4 (between 3 and 5). Since then the loss "
        "has risen by 0.160."
    )


def test_a_run_that_has_not_begun_shows_nothing() -> None:
    assert find_evidence(CONFIG, History()) == []
