"""A loss that is no number any more."""

import dataclasses
import math

import pytest

from mnistlab.core.errors import DivergedError
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import Divergence, Event, Probe
from mnistlab.core.training.loop import train
from tests.core.training.plain import plain_losses
from tests.core.training.runs import BASE, EXPLODING, Split, never, train_whole

pytestmark = pytest.mark.usefixtures("one_thread")


class TestDivergence:
    @pytest.mark.parametrize("rate", [100.0, 37.5, 2.0])
    def test_names_the_step_and_a_smaller_rate(self, rate: float, split: Split) -> None:
        config = dataclasses.replace(EXPLODING, learning_rate=rate)
        step, loss = first_infinite_loss(config, split)
        with pytest.raises(DivergedError) as raised:
            train_whole(config, split)
        became = "is no longer a number" if math.isnan(loss) else "grew beyond all numbers"
        where = f"after step {step} (epoch {step / 5:.2f})"
        assert raised.value.problem.startswith(f"The training loss {became} {where}")
        assert raised.value.remedy == f"Try a learning rate of {rate / 10:g} or less."

    def test_is_seen_in_the_validation_before_the_next_step(self, split: Split) -> None:
        config = dataclasses.replace(EXPLODING, batch_size=450)
        step, _ = first_infinite_loss(config, split)
        with pytest.raises(DivergedError) as raised:
            train_whole(config, split)
        assert raised.value.problem.startswith("The validation loss ")
        assert f"after step {step - 1} (epoch {step - 1}.00)" in raised.value.problem

    def test_leaves_only_finite_points(self, split: Split) -> None:
        events: list[Event] = []
        with pytest.raises(DivergedError):
            train(EXPLODING, split(EXPLODING), events.append, never)
        assert len(events) >= 2
        for event in events:
            if isinstance(event, Probe | Divergence):
                continue
            losses = [event.train_loss, getattr(event, "validation_loss", None)]
            assert all(math.isfinite(loss) for loss in losses if loss is not None)

    def test_is_the_last_that_is_heard_of_a_run(self, split: Split) -> None:
        events: list[Event] = []
        with pytest.raises(DivergedError):
            train(EXPLODING, split(EXPLODING), events.append, never)
        step, _ = first_infinite_loss(EXPLODING, split)
        assert events[-1] == Divergence(step, step / 5)

    def test_does_not_hide_behind_a_large_loss_that_is_still_finite(self, split: Split) -> None:
        config = dataclasses.replace(BASE, learning_rate=100.0)
        history = train_whole(config, split).history
        assert max(point.train_loss for point in history.steps) > 1e6
        assert history.epochs_done == 2


def first_infinite_loss(config: RunConfig, split: Split) -> tuple[int, float]:
    """Return the first step of a plain loop whose loss is not finite, and that loss."""
    losses, _ = plain_losses(config, split(config))
    return next((n, loss) for n, loss in enumerate(losses, 1) if not math.isfinite(loss))
