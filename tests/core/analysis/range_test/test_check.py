"""Three short runs around a rate: which they are, and what they say."""

import dataclasses

import pytest

from mnistlab.core.analysis.comparison import ComparedRun
from mnistlab.core.analysis.range_test.check import check_configs, judge, trained_config
from mnistlab.core.analysis.range_test.suggestion import range_config
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.rate_change import RateChange
from mnistlab.core.training.events import EpochPoint, ValidationErrors
from mnistlab.core.training.history import History
from tests.factories import not_none


class TestTheRuns:
    def test_are_at_a_third_once_and_three_times_the_rate(self) -> None:
        rates = [config.learning_rate for config in check_configs(RunConfig(), 0.02)]
        assert rates == [0.0067, 0.02, 0.06]

    def test_are_the_config_itself_for_fewer_epochs(self) -> None:
        config = RunConfig(schedule="cosine", seed=5, epochs=9, dropout=0.1)  # 430 steps an epoch
        for check in check_configs(config, 0.02):
            rate, epochs = config.learning_rate, config.epochs
            assert dataclasses.replace(check, learning_rate=rate, epochs=epochs) == config
            assert check.epochs == 2

    @pytest.mark.parametrize(("images", "epochs"), [(25_600, 4), (20_000, 6), (64, 8)])
    def test_have_eight_hundred_steps_or_all_epochs(self, images: int, epochs: int) -> None:
        [check, *_] = check_configs(RunConfig(training_images=images, epochs=8), 0.02)
        assert check.epochs == epochs

    def test_are_fewer_at_the_limit_of_what_a_rate_may_be(self) -> None:
        rates = [config.learning_rate for config in check_configs(RunConfig(), 1e-6)]
        assert rates == [1e-6, 3e-6]

    def test_do_not_rise_as_a_range_test_does(self) -> None:
        assert trained_config(range_config(RunConfig()), 0.1).schedule == "constant"
        assert trained_config(RunConfig(), 0.1) == RunConfig(learning_rate=0.1)

    def test_keep_their_rate_to_the_end(self) -> None:
        changed = RunConfig(rate_changes=(RateChange(50, 0.5),))
        assert trained_config(changed, 0.1) == RunConfig(learning_rate=0.1)


def check(
    rate: float, loss: float | None, error: float = 0.01, training: float = 0.5
) -> ComparedRun:
    """Return a run of one epoch whose validation loss has this standard error."""
    errors = None if loss is None else ValidationErrors(error, 0.01)
    accuracy = None if loss is None else 0.9
    points = [
        EpochPoint(0, 0, None, None, loss and 2.3, loss and 0.1, 0.0, errors),
        EpochPoint(1, 400, training, 0.9, loss, accuracy, 1.0, errors),
    ]
    config = RunConfig(learning_rate=rate, validation_images=0 if loss is None else 5_000)
    return ComparedRun(str(rate), str(rate), config, History([], points))


class TestTheVerdict:
    def test_is_the_lowest_validation_loss(self) -> None:
        verdict = not_none(judge([check(0.1, 0.5), check(0.3, 0.3, training=0.9), check(0.9, 0.4)]))
        assert (verdict.rate, verdict.level, verdict.is_validated) == (0.3, (0.3,), True)

    # Each interval is 1.96 · 0.01 to both sides, so that two meet at a distance of 0.0392.
    @pytest.mark.parametrize(("loss", "level"), [(0.339, (0.1, 0.3)), (0.340, (0.1,))])
    def test_names_those_that_cannot_be_told_from_it(
        self, loss: float, level: tuple[float, ...]
    ) -> None:
        verdict = not_none(judge([check(0.3, loss), check(0.1, 0.3), check(0.9, 0.5)]))
        assert (verdict.rate, verdict.level) == (0.1, level)

    def test_of_a_single_validation_image_tells_nothing_apart(self) -> None:
        runs = [check(rate, loss) for rate, loss in ((0.1, 0.5), (0.3, 0.3), (0.9, 4.0))]
        for run in runs:
            run.history.epochs[:] = [
                dataclasses.replace(point, errors=None) for point in run.history.epochs
            ]
        verdict = not_none(judge(runs))
        assert (verdict.rate, verdict.level) == (0.3, (0.1, 0.3, 0.9))

    def test_without_validation_images_is_the_lowest_training_loss(self) -> None:
        verdict = not_none(judge([check(0.1, None, training=0.4), check(0.3, None, training=0.2)]))
        assert (verdict.rate, verdict.level, verdict.is_validated) == (0.3, (0.3,), False)

    def test_needs_a_run_that_has_trained(self) -> None:
        untrained = ComparedRun("a", "a", RunConfig(), History())
        assert judge([]) is None
        assert judge([untrained]) is None
