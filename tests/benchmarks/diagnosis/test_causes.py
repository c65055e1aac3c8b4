"""`python -m benchmarks causes`: what counts as right, on trials made by hand and a real one."""

import dataclasses
from pathlib import Path

import pytest

from benchmarks.diagnosis import causes, drawn_settings
from benchmarks.diagnosis.causes import Judged
from benchmarks.diagnosis.trials import Attempt, Trial, read_trial, train_trial, write_trial
from mnistlab.core.analysis.diagnosis.remedies import CauseKind, remedied
from mnistlab.core.analysis.paired import Gain
from mnistlab.core.settings.config import RunConfig
from tests.factories import curve, hidden, last, plain_config, probe

CONFIG = plain_config(
    learning_rate=1e-4, dropout=0.5, training_images=2_000, validation_images=5_000
)
SEEN = probe(1, hidden(), hidden(), last())
SLOW = curve([2.2, 2.1, 2.0], accuracies=(0.3, 0.3), probes=[SEEN])


def gain(accuracy: float) -> Gain:
    """Return a gain of which 0.7 percentage points are chance."""
    return Gain(accuracy, 0.003, accuracy, 0.003)


def trial(base: float, **gains: float) -> Trial:
    """Return a trial by the accuracy of its run, and what each remedy gains."""
    best = max(0.0, *gains.values())

    def attempt(config: RunConfig, gained: float) -> Attempt:
        return Attempt(config, SLOW, base + gained, gain(gained), gain(best - gained))

    remedies = {name: attempt(remedied(CONFIG, name), gained) for name, gained in gains.items()}
    return Trial(attempt(CONFIG, 0.0), remedies)


def judged(made: Trial, *named: CauseKind) -> Judged:
    """Return a trial of whose run these causes are named."""
    run = Judged(made)
    run.__dict__["named"] = named  # in place of what its curves say
    return run


class TestTheTruth:
    def test_main_is_what_helps_most_and_what_is_not_told_apart_from_it(self) -> None:
        run = Judged(trial(0.3, rate_times_10=0.5, epochs=0.497, wider=0.3, start=-0.1))
        assert run.main == {CauseKind.RATE_TOO_LOW, CauseKind.EPOCHS}
        assert run.is_in_trouble

    def test_little_help_is_no_trouble(self) -> None:
        run = Judged(trial(0.96, epochs=0.015, start=-0.1))
        assert not run.is_in_trouble
        assert run.is_healthy

    def test_a_run_that_nothing_helps_is_not_healthy(self) -> None:
        run = Judged(trial(0.1, epochs=0.0, start=0.0))
        assert not run.is_healthy
        assert run.main == set()


class TestWhatIsSaid:
    MADE = trial(0.3, rate_times_10=0.5, epochs=0.1, start=0.0)
    ALONE = trial(0.3, rate_times_10=0.5, rate_times_100=0.5, epochs=0.0, start=0.0)

    @pytest.mark.parametrize(
        ("named", "is_right", "in_vain"),
        [
            ((CauseKind.RATE_TOO_LOW,), True, 0),
            ((CauseKind.EPOCHS, CauseKind.RATE_TOO_LOW), True, 0),
            ((CauseKind.EPOCHS,), False, 0),
            ((CauseKind.START, CauseKind.EPOCHS, CauseKind.RATE_TOO_LOW), False, 1),
            ((), False, 0),
        ],
    )
    def test_is_right_if_a_main_cause_is_among_the_first_two(
        self, named: tuple[CauseKind, ...], is_right: bool, in_vain: int
    ) -> None:
        run = judged(self.MADE, *named)
        assert (run.is_right, run.in_vain) == (is_right, in_vain)

    def test_is_right_after_tests_if_they_found_it(self) -> None:
        run = Judged(self.ALONE)
        assert run.tested[0].startswith("rate_times_10")
        assert run.is_right_tested

    def test_counts_are_those_of_all_runs(self) -> None:
        results = causes.judge([self.ALONE, self.ALONE, trial(0.96, epochs=0.01)])
        assert (results["runs"], results["in_trouble"], results["healthy"]) == (3, 2, 1)
        assert results["main_cause_tested"] == 1


class TestSettings:
    def test_are_those_of_their_number_and_seed_alone(self) -> None:
        drawn = [drawn_settings.draw(5, number) for number in range(40)]
        assert drawn == [drawn_settings.draw(5, number) for number in range(40)]
        assert len(set(drawn)) == 40
        assert not {*drawn} & {drawn_settings.draw(6, number) for number in range(40)}

    def test_reach_over_the_whole_form(self) -> None:
        drawn = [drawn_settings.draw(5, number) for number in range(300)]
        for name in ("optimizer", "activation", "initialisation", "schedule", "hidden_layers"):
            assert len({getattr(config, name) for config in drawn}) >= 3
        assert min(config.learning_rate for config in drawn) < 1e-4
        assert max(config.learning_rate for config in drawn) > 1
        assert any(config.shuffled_labels for config in drawn)
        assert any(len(set(config.widths)) > 1 for config in drawn)


def test_a_real_trial_is_kept_as_it_is(tmp_path: Path) -> None:
    config = plain_config(
        learning_rate=1e-3, epochs=4, training_images=1_000, validation_images=500
    )
    made = train_trial(config)
    write_trial(made, tmp_path / "trial.json.gz")
    assert read_trial(tmp_path / "trial.json.gz") == made
    assert made.remedied["rate_times_100"].gain.is_accuracy_better
    assert made.base.gain == Gain(0, 0, 0, 0)
    again = dataclasses.replace(config, learning_rate=0.1)
    assert made.remedied["rate_times_100"].config == again
