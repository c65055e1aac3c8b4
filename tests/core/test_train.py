"""The training loop, against a plain PyTorch loop and against itself, stopped and resumed."""

import dataclasses
import math
from collections.abc import Callable
from itertools import count, pairwise

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from mnistlab.core import data
from mnistlab.core.checkpoint import Checkpoint
from mnistlab.core.config import RunConfig
from mnistlab.core.data import Digits, Splits
from mnistlab.core.errors import DivergedError
from mnistlab.core.events import Divergence, EpochPoint, Event, Probe, StepPoint
from mnistlab.core.history import History
from mnistlab.core.model import pack, unpack
from mnistlab.core.train import Start, Trained, train

BASE = RunConfig(
    hidden_layers=2,
    units=(32, 24),
    activation="relu",
    optimizer="sgd",
    learning_rate=0.1,
    momentum=0.0,
    weight_decay=0.0,
    dropout=0.0,
    batch_size=100,
    epochs=2,
    schedule="constant",
    training_images=450,
    validation_images=200,
    seed=7,
)
"""Five steps an epoch, the last of them on half a batch."""
EXPLODING = dataclasses.replace(BASE, activation="none", learning_rate=2.0, epochs=20)
"""Without an activation that dies, each step makes the next one bigger."""

OPTIMIZERS = {
    "sgd": lambda weights, c: torch.optim.SGD(
        weights, c.learning_rate, c.momentum, weight_decay=c.weight_decay, fused=True
    ),
    "rmsprop": lambda weights, c: torch.optim.RMSprop(
        weights, c.learning_rate, weight_decay=c.weight_decay, momentum=c.momentum
    ),
    "adam": lambda weights, c: torch.optim.Adam(
        weights, c.learning_rate, weight_decay=c.weight_decay, fused=True
    ),
    "adamw": lambda weights, c: torch.optim.AdamW(
        weights, c.learning_rate, weight_decay=c.weight_decay, fused=True
    ),
}
LAYERS = {"relu": nn.ReLU, "none": nn.Identity}
MOMENTUM = {"optimizer": "sgd", "momentum": 0.9, "learning_rate": 0.05}
DROPOUT = {"optimizer": "adam", "learning_rate": 0.003, "dropout": 0.5}
ONE_CYCLE = {"optimizer": "adamw", "learning_rate": 0.01, "schedule": "one_cycle", "dropout": 0.2}
NO_VALIDATION = {"optimizer": "rmsprop", "learning_rate": 0.001, "validation_images": 0}
VARIETY = {
    "sgd with momentum": MOMENTUM,
    "adam with dropout": DROPOUT,
    "one cycle": ONE_CYCLE,
    "no validation": NO_VALIDATION,
}
for_variety = pytest.mark.parametrize("changes", VARIETY.values(), ids=VARIETY)

pytestmark = pytest.mark.usefixtures("one_thread")
Split = Callable[[RunConfig], Splits]


@pytest.fixture
def split(training_digits: Digits, test_digits: Digits) -> Split:
    return lambda config: data.split(training_digits, test_digits, config)


def never() -> bool:
    return False


def ignore(event: Event) -> None:
    pass


def after_asking(times: int) -> Callable[[], bool]:
    """Return a `should_stop` that says no so many times, then yes."""
    asked = count()
    return lambda: next(asked) >= times


def train_whole(config: RunConfig, split: Split) -> Trained:
    return train(config, split(config), ignore, never)


def start_from(trained: Trained) -> Start:
    """Return where `trained` ended, as it is after it was kept as bytes and text."""
    checkpoint = Checkpoint.from_bytes(trained.checkpoint.to_bytes())
    history = History.from_json(trained.history.to_json())
    return Start(checkpoint, history, unpack(pack(trained.best_weights)))


def assert_same(one: Trained, other: Trained) -> None:
    """Both have the same curves, weights and place, to the last bit."""
    assert one.history == other.history
    assert one.stopped == other.stopped
    for mine, its in (
        (one.best_weights, other.best_weights),
        (one.checkpoint.weights, other.checkpoint.weights),
    ):
        assert mine.keys() == its.keys()
        assert all(torch.equal(tensor, its[name]) for name, tensor in mine.items())
    assert one.checkpoint.progress.step == other.checkpoint.progress.step
    assert torch.equal(one.checkpoint.random_state, other.checkpoint.random_state)


def plain_losses(config: RunConfig, splits: Splits) -> tuple[list[float], nn.Sequential]:
    """Train as any PyTorch tutorial does; return the loss of each batch, and the network."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        layers: list[nn.Module] = []
        for before, after in pairwise((784, *config.units)):
            layers += [
                nn.Linear(before, after),
                LAYERS[config.activation](),
                nn.Dropout(config.dropout),
            ]
        network = nn.Sequential(*layers, nn.Linear(config.units[-1], 10))
        optimizer = OPTIMIZERS[config.optimizer](network.parameters(), config)
        scheduler = plain_scheduler(config, optimizer)
        images = splits.train.pixels / 255
        losses = []
        for epoch in range(config.epochs):
            dice = torch.Generator().manual_seed(201 * config.seed + epoch)
            for batch in torch.randperm(len(images), generator=dice).split(config.batch_size):
                optimizer.zero_grad()
                loss = functional.cross_entropy(network(images[batch]), splits.train.labels[batch])
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
                if len(losses) < config.epochs * config.steps_per_epoch:
                    scheduler.step()
        return losses, network.eval()


def plain_scheduler(
    config: RunConfig, optimizer: torch.optim.Optimizer
) -> torch.optim.lr_scheduler.LRScheduler:
    steps = config.epochs * config.steps_per_epoch
    if config.schedule == "cosine":
        return torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps - 1)
    if config.schedule == "one_cycle":
        # Torch warms up until step `pct_start * total_steps - 1`, counted from 0.
        share = (0.3 * (steps - 1) + 1) / steps
        return torch.optim.lr_scheduler.OneCycleLR(
            optimizer, config.learning_rate, steps, pct_start=share, cycle_momentum=False
        )
    return torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1)


def means_between(points: list[StepPoint], losses: list[float], config: RunConfig) -> list[float]:
    """Return the mean loss per image of the batches between each point and the next."""
    left_over = config.training_images % config.batch_size or config.batch_size
    full = config.steps_per_epoch - 1
    sizes = ([config.batch_size] * full + [left_over]) * config.epochs
    ends = [0, *(point.step for point in points)]
    return [
        np.average(losses[first:last], weights=sizes[first:last]) for first, last in pairwise(ends)
    ]


class TestAgainstAPlainLoop:
    @pytest.mark.parametrize(
        "changes",
        [
            {},
            {"batch_size": 90},
            {"momentum": 0.9, "learning_rate": 0.02},
            {"weight_decay": 0.1},
            {"dropout": 0.5},
            {"activation": "none"},
            {"optimizer": "rmsprop", "learning_rate": 0.001},
            {"optimizer": "rmsprop", "learning_rate": 0.001, "momentum": 0.5},
            {"optimizer": "adam", "learning_rate": 0.002, "weight_decay": 0.1},
            {"optimizer": "adamw", "learning_rate": 0.002, "weight_decay": 0.1},
            {"optimizer": "adamw", "learning_rate": 0.002, "dropout": 0.3, "seed": 999_999},
            {"batch_size": 450, "epochs": 8},
            {"batch_size": 4_096, "epochs": 3},
            {"batch_size": 1, "training_images": 40, "learning_rate": 0.01},
        ],
    )
    def test_losses_and_weights_are_identical(
        self, changes: dict[str, object], split: Split
    ) -> None:
        config = dataclasses.replace(BASE, **changes)
        losses, network = plain_losses(config, split(config))
        trained = train_whole(config, split)
        points = trained.history.steps
        expected = means_between(points, losses, config)
        assert [point.train_loss for point in points] == pytest.approx(expected, rel=1e-12)
        weights = trained.checkpoint.weights.values()
        for ours, plain in zip(weights, network.state_dict().values(), strict=True):
            assert torch.equal(ours, plain)

    @pytest.mark.parametrize("schedule", ["cosine", "one_cycle"])
    @pytest.mark.parametrize("batch_size", [100, 450])
    def test_losses_are_the_same_with_torch_s_own_schedule(
        self, schedule: str, batch_size: int, split: Split
    ) -> None:
        config = dataclasses.replace(BASE, schedule=schedule, batch_size=batch_size, epochs=6)
        losses, _ = plain_losses(config, split(config))
        points = train_whole(config, split).history.steps
        expected = means_between(points, losses, config)
        assert [point.train_loss for point in points] == pytest.approx(expected, rel=1e-4)

    def test_scores_are_the_same(self, split: Split) -> None:
        config = dataclasses.replace(BASE, dropout=0.5)
        splits = split(config)
        _, network = plain_losses(config, splits)
        logits = network(splits.validation.pixels / 255).detach()
        last = train_whole(config, split).history.epochs[-1]
        loss = functional.cross_entropy(logits, splits.validation.labels).item()
        assert last.validation_loss == pytest.approx(loss, rel=1e-4)
        right = logits.argmax(dim=1) == splits.validation.labels
        assert last.validation_accuracy == right.sum().item() / 200


class TestTheCurves:
    def test_begin_with_the_untrained_network(self, split: Split) -> None:
        history = train_whole(BASE, split).history
        first = history.epochs[0]
        assert (first.epoch, first.step, first.train_loss, first.train_accuracy) == (
            0,
            0,
            None,
            None,
        )
        assert first.validation_loss == pytest.approx(math.log(10), abs=0.1)

    def test_have_a_point_at_the_first_step_and_at_each_epoch_s_end(self, split: Split) -> None:
        history = train_whole(BASE, split).history
        assert [point.step for point in history.steps] == [1, 5, 10]
        assert [point.epoch for point in history.steps] == [0.2, 1.0, 2.0]
        assert [point.step for point in history.epochs] == [0, 5, 10]
        assert [point.epoch for point in history.epochs] == [0, 1, 2]

    def test_have_points_at_even_distances_within_an_epoch(self, split: Split) -> None:
        # 0.4 ms + 6 · 669,706 · 64 / 60e9 s = 4.69 ms a step: at most 32 of the 69 to a point.
        config = dataclasses.replace(
            BASE, units=(512,), batch_size=64, training_images=4_400, epochs=1
        )
        history = train_whole(config, split).history
        assert [point.step for point in history.steps] == [1, 23, 46, 69]

    def test_average_over_images_to_the_epoch_s_mean(self, split: Split) -> None:
        config = dataclasses.replace(BASE, epochs=3, dropout=0.3)
        history = train_whole(config, split).history
        for epoch in history.epochs[1:]:
            points = [p for p in history.steps if epoch.epoch - 1 < p.epoch <= epoch.epoch]
            steps = [epoch.step - 5, *(point.step for point in points)]
            images = [
                min(100 * (b - epoch.step + 5), 450) - 100 * (a - epoch.step + 5)
                for a, b in pairwise(steps)
            ]
            assert sum(images) == 450
            for name in ("train_loss", "train_accuracy"):
                mean = np.average([getattr(point, name) for point in points], weights=images)
                assert getattr(epoch, name) == pytest.approx(mean)

    def test_say_how_far_chance_could_move_an_epoch_s_loss(self, split: Split) -> None:
        # A point for each step, so that each batch's loss is known.
        config = dataclasses.replace(BASE, epochs=1, units=(2048, 2048), training_images=400)
        config = dataclasses.replace(config, batch_size=200)
        history = train_whole(config, split).history
        one, other = (point.train_loss for point in history.steps)
        assert history.epochs[1].train_loss_error == pytest.approx(abs(one - other) / 2)

    def test_are_emitted_as_they_are_made(self, split: Split) -> None:
        events: list[Event] = []
        trained = train(BASE, split(BASE), events.append, never)
        rebuilt = History()
        for event in events:
            rebuilt.add(event)
        assert rebuilt == trained.history
        order = [(type(event), event.step) for event in events]
        assert order == [
            (EpochPoint, 0),
            (Probe, 1),
            (StepPoint, 1),
            (StepPoint, 5),
            (EpochPoint, 5),
            (StepPoint, 10),
            (EpochPoint, 10),
        ]

    def test_take_time_that_only_grows(self, split: Split) -> None:
        history = train_whole(BASE, split).history
        seconds = [point.seconds for point in history.steps]
        assert seconds[0] > 0
        assert seconds == sorted(seconds)
        assert all(point.seconds > 0 for point in history.epochs[1:])
        # The run's time has the first epoch's validation in it, the epochs' times have not.
        assert sum(point.seconds for point in history.epochs) < seconds[-1] - 1e-6

    def test_show_that_it_learned(self, split: Split) -> None:
        config = dataclasses.replace(BASE, training_images=3_000, epochs=3, momentum=0.9)
        last = train_whole(config, split).history.epochs[-1]
        assert last.train_accuracy > 0.8
        assert last.validation_accuracy > 0.8

    def test_are_empty_of_validation_without_validation_images(self, split: Split) -> None:
        config = dataclasses.replace(BASE, validation_images=0)
        for point in train_whole(config, split).history.epochs:
            assert (point.validation_loss, point.validation_accuracy) == (None, None)

    @pytest.mark.parametrize("schedule", ["constant", "cosine", "one_cycle"])
    def test_show_the_learning_rate_of_torch_s_own_schedule(
        self, schedule: str, split: Split
    ) -> None:
        config = dataclasses.replace(BASE, batch_size=450, epochs=21, schedule=schedule)
        points = train_whole(config, split).history.steps
        assert [point.learning_rate for point in points] == pytest.approx(plain_rates(config))


def plain_rates(config: RunConfig) -> list[float]:
    """Return torch's learning rate for each step of `config`."""
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=config.learning_rate)
    scheduler = plain_scheduler(config, optimizer)
    rates = []
    for _ in range(config.epochs * config.steps_per_epoch):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


class TestTheSeed:
    @for_variety
    def test_gives_the_same_run_number_for_number(
        self, changes: dict[str, object], split: Split
    ) -> None:
        config = dataclasses.replace(BASE, **changes)
        torch.rand(3)
        first = train_whole(config, split)
        torch.rand(5)
        assert_same(first, train_whole(config, split))

    def test_decides_weights_and_order(self, split: Split) -> None:
        first = train_whole(BASE, split).history
        other = train_whole(dataclasses.replace(BASE, seed=8), split).history
        assert first != other
        assert first.epochs[0].validation_loss != other.epochs[0].validation_loss

    def test_decides_the_order_even_if_all_weights_start_alike(self, split: Split) -> None:
        one, two = (
            train_whole(dataclasses.replace(BASE, initialisation="zeros", seed=seed), split).history
            for seed in (0, 1)
        )
        assert one.epochs[0] == two.epochs[0]
        assert one.epochs[1] != two.epochs[1]

    def test_gives_each_epoch_an_order_of_its_own(self, split: Split) -> None:
        # The rate is so small that only other images can change the loss of a first step.
        config = dataclasses.replace(BASE, learning_rate=1e-6, epochs=1)
        longer = dataclasses.replace(config, epochs=2)
        first = train_whole(config, split)
        one_step_on = train(longer, split(longer), ignore, after_asking(2), start_from(first))
        one = first.history.steps[0].train_loss
        two = one_step_on.checkpoint.progress.epoch.mean_loss
        assert one_step_on.checkpoint.progress.step == 6
        assert abs(one - two) > 1e-3

    def test_leaves_torch_s_random_numbers_as_they_were(self, split: Split) -> None:
        before = torch.get_rng_state()
        train_whole(dataclasses.replace(BASE, dropout=0.5), split)
        assert torch.equal(torch.get_rng_state(), before)
        with pytest.raises(DivergedError):
            train_whole(EXPLODING, split)
        assert torch.equal(torch.get_rng_state(), before)


class Untouchable:
    """Stands for images that nobody may look at."""

    def __getattribute__(self, name: str) -> object:
        raise AssertionError(f"somebody looked at {name}")

    def __len__(self) -> int:
        raise AssertionError("somebody counted them")


class TestTheSplits:
    def test_the_test_images_are_not_looked_at(self, split: Split) -> None:
        splits = dataclasses.replace(split(BASE), test=Untouchable())
        assert train(BASE, splits, ignore, never).history == train_whole(BASE, split).history

    def test_what_the_validation_images_show_changes_nothing_in_training(
        self, split: Split
    ) -> None:
        config = dataclasses.replace(BASE, dropout=0.5)
        splits = split(config)
        dark = Digits(torch.zeros_like(splits.validation.pixels), splits.validation.labels)
        in_the_dark = train(config, dataclasses.replace(splits, validation=dark), ignore, never)
        trained = train_whole(config, split)
        assert in_the_dark.history.steps == trained.history.steps
        assert in_the_dark.history.epochs != trained.history.epochs
        for name, tensor in trained.checkpoint.weights.items():
            assert torch.equal(in_the_dark.checkpoint.weights[name], tensor)

    def test_each_image_is_trained_on_once_an_epoch(self, split: Split) -> None:
        # With a negligible rate an epoch's mean loss is the split's, if each counts once.
        config = dataclasses.replace(BASE, learning_rate=1e-6)
        splits = split(config)
        watched = dataclasses.replace(splits, validation=splits.train)
        untrained, *epochs = train(config, watched, ignore, never).history.epochs
        for epoch in epochs:
            assert epoch.train_loss == pytest.approx(untrained.validation_loss, abs=1e-4)
            assert epoch.train_accuracy == pytest.approx(untrained.validation_accuracy)


class TestStopping:
    @for_variety
    def test_anywhere_and_going_on_gives_the_run_that_was_never_stopped(
        self, changes: dict[str, object], split: Split
    ) -> None:
        config = dataclasses.replace(BASE, **changes)
        splits, whole = split(config), train_whole(config, split)
        stopped_at = set()
        for times in range(12):
            first = train(config, splits, ignore, after_asking(times))
            assert first.stopped
            stopped_at.add(first.checkpoint.progress.step)
            events: list[Event] = []
            second = train(config, splits, events.append, never, start_from(first))
            assert_same(second, whole)
            assert second.history.steps == first.history.steps + [
                event for event in events if isinstance(event, StepPoint)
            ]
        assert stopped_at == set(range(10))

    @for_variety
    def test_twice_and_going_on_gives_the_run_that_was_never_stopped(
        self, changes: dict[str, object], split: Split
    ) -> None:
        config = dataclasses.replace(BASE, **changes)
        splits = split(config)
        first = train(config, splits, ignore, after_asking(3))
        second = train(config, splits, ignore, after_asking(6), start_from(first))
        steps = [part.checkpoint.progress.step for part in (first, second)]
        assert steps == [2, 6]
        assert (first.stopped, second.stopped) == (True, True)
        third = train(config, splits, ignore, never, start_from(second))
        assert_same(third, train_whole(config, split))

    def test_leaves_the_curve_up_to_there(self, split: Split) -> None:
        whole = train_whole(BASE, split).history
        for times in range(12):
            stopped = train(BASE, split(BASE), ignore, after_asking(times))
            assert stopped.stopped
            assert stopped.history == whole.up_to(stopped.checkpoint.progress.step)

    def test_at_once_leaves_the_untrained_network(self, split: Split) -> None:
        stopped = train(BASE, split(BASE), ignore, lambda: True)
        assert stopped.stopped
        assert (stopped.history.steps, len(stopped.history.epochs)) == ([], 1)
        torch_s_own = plain_losses(
            dataclasses.replace(BASE, learning_rate=0.0001, epochs=1), split(BASE)
        )
        assert stopped.best_weights.keys() == stopped.checkpoint.weights.keys()
        del torch_s_own

    def test_after_the_last_step_is_no_stop(self, split: Split) -> None:
        assert not train_whole(BASE, split).stopped
        finished = train(BASE, split(BASE), ignore, after_asking(12))
        assert_same(finished, train_whole(BASE, split))

    def test_a_start_can_be_used_again(self, split: Split) -> None:
        config = dataclasses.replace(BASE, **ONE_CYCLE)
        start = start_from(train(config, split(config), ignore, after_asking(4)))
        once, again = (train(config, split(config), ignore, never, start) for _ in range(2))
        assert_same(once, again)
        assert start.checkpoint.progress.step == 3
        assert start.history.steps[-1].step == 1


class TestTrainingOn:
    @pytest.mark.parametrize("changes", [MOMENTUM, DROPOUT, NO_VALIDATION])
    def test_at_a_constant_rate_is_the_longer_run(
        self, changes: dict[str, object], split: Split
    ) -> None:
        config = dataclasses.replace(BASE, **changes)
        longer = dataclasses.replace(config, epochs=5)
        first = train_whole(config, split)
        joined = train(longer, split(longer), ignore, never, start_from(first))
        assert_same(joined, train_whole(longer, split))

    @pytest.mark.parametrize("schedule", ["cosine", "one_cycle"])
    def test_begins_the_schedule_again_for_the_epochs_that_are_left(
        self, schedule: str, split: Split
    ) -> None:
        config = dataclasses.replace(BASE, batch_size=450, epochs=11, schedule=schedule)
        longer = dataclasses.replace(config, epochs=32)
        first = train_whole(config, split)
        joined = train(longer, split(longer), ignore, never, start_from(first)).history
        assert [point.step for point in joined.steps] == list(range(1, 33))
        assert joined.up_to(11) == first.history
        left = dataclasses.replace(config, epochs=21)
        rates = [point.learning_rate for point in joined.steps]
        assert rates == pytest.approx(plain_rates(config) + plain_rates(left))

    def test_joins_without_a_jump(self, split: Split) -> None:
        config = dataclasses.replace(BASE, **ONE_CYCLE, epochs=4)
        longer = dataclasses.replace(config, epochs=8)
        first = train_whole(config, split)
        joined = train(longer, split(longer), ignore, never, start_from(first)).history
        before, after = joined.epochs[4], joined.epochs[5]
        untrained = joined.epochs[0].validation_loss
        assert abs(after.validation_loss - before.validation_loss) < 0.1 * untrained

    def test_after_a_stop_begins_the_schedule_again_where_it_stopped(self, split: Split) -> None:
        config = dataclasses.replace(BASE, batch_size=450, epochs=11, schedule="one_cycle")
        longer = dataclasses.replace(config, epochs=17)
        stopped = train(config, split(config), ignore, after_asking(8))
        assert stopped.checkpoint.progress.step == 4
        joined = train(longer, split(longer), ignore, never, start_from(stopped)).history
        left = dataclasses.replace(config, epochs=13)
        rates = [point.learning_rate for point in joined.steps]
        assert rates == pytest.approx(plain_rates(config)[:4] + plain_rates(left))

    def test_a_longer_run_can_be_stopped_and_gone_on_with(self, split: Split) -> None:
        config = dataclasses.replace(BASE, **ONE_CYCLE)
        longer = dataclasses.replace(config, epochs=4)
        start = start_from(train_whole(config, split))
        stopped = train(longer, split(longer), ignore, after_asking(4), start)
        assert stopped.checkpoint.progress.step == 13
        resumed = train(longer, split(longer), ignore, never, start_from(stopped))
        assert_same(resumed, train(longer, split(longer), ignore, never, start))

    def test_of_a_finished_run_as_planned_adds_nothing(self, split: Split) -> None:
        finished = train_whole(BASE, split)
        events: list[Event] = []
        again = train(BASE, split(BASE), events.append, never, start_from(finished))
        assert_same(again, finished)
        assert events == []


OVERFITTING = dataclasses.replace(
    BASE, optimizer="adam", learning_rate=0.01, training_images=150, epochs=12
)
"""Learns 150 images by heart, so that it gets worse on others towards the end."""


def validation_loss_by_hand(weights: dict[str, torch.Tensor], digits: Digits) -> float:
    """Work out the mean cross-entropy in numpy, in double precision."""
    hidden = digits.pixels.numpy() / 255
    layers = [weights[name].numpy().astype(float) for name in weights]
    for weight, bias in zip(layers[:-2:2], layers[1:-2:2], strict=True):
        hidden = np.maximum(hidden @ weight.T + bias, 0)
    logits = hidden @ layers[-2].T + layers[-1]
    right = logits[np.arange(len(logits)), digits.labels.numpy()]
    return float(np.mean(np.log(np.exp(logits).sum(axis=1)) - right))


class TestTheBestWeights:
    def test_are_those_of_the_lowest_validation_loss(self, split: Split) -> None:
        trained = train_whole(OVERFITTING, split)
        losses = [point.validation_loss for point in trained.history.epochs]
        best = int(np.argmin(losses))
        assert 0 < best < OVERFITTING.epochs, "the run should overfit"
        validation = split(OVERFITTING).validation
        by_hand = validation_loss_by_hand(trained.best_weights, validation)
        assert by_hand == pytest.approx(losses[best], rel=1e-5)
        last = validation_loss_by_hand(trained.checkpoint.weights, validation)
        assert last == pytest.approx(losses[-1], rel=1e-5)
        assert last > by_hand

    def test_are_kept_when_a_run_goes_on_and_gets_worse(self, split: Split) -> None:
        whole = train_whole(OVERFITTING, split)
        best = whole.history.best_epoch
        steps = OVERFITTING.steps_per_epoch
        stopped = train(
            OVERFITTING, split(OVERFITTING), ignore, after_asking((best.epoch + 2) * (steps + 1))
        )
        assert stopped.history.epochs_done == best.epoch + 2 < OVERFITTING.epochs
        resumed = train(OVERFITTING, split(OVERFITTING), ignore, never, start_from(stopped))
        assert_same(resumed, whole)

    def test_are_the_last_ones_without_validation_images(self, split: Split) -> None:
        config = dataclasses.replace(OVERFITTING, validation_images=0)
        trained = train_whole(config, split)
        for name, tensor in trained.checkpoint.weights.items():
            assert torch.equal(trained.best_weights[name], tensor)

    def test_are_the_last_ones_before_the_first_epoch_ends(self, split: Split) -> None:
        stopped = train(BASE, split(BASE), ignore, after_asking(4))
        assert stopped.checkpoint.progress.step == 3
        for name, tensor in stopped.checkpoint.weights.items():
            assert torch.equal(stopped.best_weights[name], tensor)


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
