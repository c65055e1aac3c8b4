"""What is said of an experiment's outcomes."""

from mnistlab.core.experiments.sentences import winner
from mnistlab.core.settings.config import RunConfig
from tests.factories import outcome, overfitting

CONFIG = RunConfig(epochs=2)


def test_the_best_accuracy_is_told_with_the_epoch_it_was_measured_at() -> None:
    run = overfitting("Wide", CONFIG, best=4)
    assert "after epoch 4 of 12, its best (95% CI " in winner([run])


def test_what_chance_may_explain_is_no_clear_difference() -> None:
    level = [outcome("a", CONFIG, 0.9), outcome("b", CONFIG, 0.899)]
    assert winner(level).endswith("These images show no clear difference from 89.90% (b).")
