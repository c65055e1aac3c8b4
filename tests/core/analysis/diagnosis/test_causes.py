"""Why a run is in trouble, by evidence made by hand and by real runs."""

import dataclasses
from typing import Any

import pytest

from mnistlab.core.analysis.diagnosis.causes import Cause, CauseKind, find_causes
from mnistlab.core.analysis.diagnosis.convergence import State, find_convergence
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import Divergence
from mnistlab.core.training.history import History
from tests.core.trainer import Trainer
from tests.factories import curve, hidden, last, plain_config, probe

CONFIG = RunConfig(
    hidden_layers=2, dropout=0.0, weight_decay=0.0, schedule="constant", validation_images=5_000
)
WELL = probe(1, hidden(), hidden(), last())
STUCK = [2.30, 2.31, 2.30, 2.30, 2.31]
SLOW = [2.2, 2.1, 2.0, 1.9]
FALLING = [1.0, 0.8, 0.6, 0.5]
LEVEL = [0.8, 0.4, 0.4, 0.4, 0.4]
SWINGING = [0.5, 0.4, 0.6, 0.4, 0.6, 0.4, 0.5]


def causes_of(history: History, config: RunConfig = CONFIG) -> list[Cause]:
    return find_causes(config, history, find_convergence(config, history))


def kinds_of(history: History, config: RunConfig = CONFIG) -> list[CauseKind]:
    return [cause.kind for cause in causes_of(history, config)]


class TestNothingIsSaid:
    @pytest.mark.parametrize("losses", [FALLING, LEVEL])
    def test_of_a_healthy_run(self, losses: list[float]) -> None:
        assert causes_of(curve(losses, accuracies=(0.97, 0.96), probes=[WELL, WELL])) == []

    def test_of_a_run_too_short_to_tell(self) -> None:
        assert causes_of(curve([2.3, 2.3], probes=[WELL])) == []

    def test_of_a_run_from_before_there_were_probes(self) -> None:
        assert causes_of(curve(STUCK)) == []


class TestARateTooHigh:
    def test_makes_the_loss_swing(self) -> None:
        (cause,) = causes_of(curve(SWINGING, probes=[WELL, WELL]))
        assert cause == Cause(CauseKind.RATE_TOO_HIGH, 2.3, 0.001)

    def test_or_leave_all_numbers_behind(self) -> None:
        history = curve([], probes=[probe(1, hidden(update=0.4), hidden(), last())])
        history.add(Divergence(2, 0.2))
        assert causes_of(history) == [Cause(CauseKind.RATE_TOO_HIGH, 2.3, 0.4)]

    def test_is_why_units_died_if_the_loss_leapt_up_before(self) -> None:
        dead = probe(1, hidden(dead=1.0, flat=1.0), hidden(), last())
        history = curve(STUCK, probes=[WELL, dead], worst=8_690.0)
        assert kinds_of(history) == [CauseKind.DEAD_UNITS, CauseKind.RATE_TOO_HIGH]
        assert kinds_of(curve(STUCK, probes=[WELL, dead])) == [CauseKind.DEAD_UNITS]


def test_gradients_that_explode_are_huge_before_anything_is_learned() -> None:
    history = curve([], probes=[probe(1, hidden(gradient=12.0), hidden(gradient=50.0), last())])
    history.add(Divergence(2, 0.2))
    first, second = causes_of(history)
    assert first == Cause(CauseKind.EXPLODING, 50.0, 2.3, layer=2)
    assert second.kind is CauseKind.RATE_TOO_HIGH


class TestARateTooLow:
    SLOW_STEPS = probe(1, hidden(update=2e-5), hidden(update=1e-5), last(update=3e-5))

    def test_changes_no_layer_by_much(self) -> None:
        history = curve(SLOW, probes=[self.SLOW_STEPS, self.SLOW_STEPS])
        assert causes_of(history) == [Cause(CauseKind.RATE_TOO_LOW, 3e-5)]

    def test_is_none_when_one_layer_moves(self) -> None:
        assert kinds_of(curve(SLOW, probes=[self.SLOW_STEPS, WELL])) == []

    def test_is_none_when_most_is_learned(self) -> None:
        assert kinds_of(curve(FALLING, probes=[self.SLOW_STEPS])) == []


class TestUnits:
    def test_that_are_copies_from_the_start_stay_copies(self) -> None:
        copies = probe(1, hidden(), hidden(copies=1.0), last())
        history = curve(STUCK, probes=[copies, copies])
        assert causes_of(history) == [Cause(CauseKind.SYMMETRY, 1.0, layer=2)]

    def test_that_became_alike_are_no_cause(self) -> None:
        copies = probe(9, hidden(copies=1.0, dead=1.0), hidden(), last())
        assert CauseKind.SYMMETRY not in kinds_of(curve(STUCK, probes=[WELL, copies]))

    def test_that_are_dead_are_named_with_the_worst_layer(self) -> None:
        dead = probe(9, hidden(dead=0.95), hidden(dead=0.97), last())
        assert causes_of(curve(STUCK, probes=[WELL, dead])) == [
            Cause(CauseKind.DEAD_UNITS, 0.97, layer=2)
        ]

    def test_that_are_saturated_are_not_dead(self) -> None:
        flat = probe(9, hidden(flat=0.98, dead=0.1), hidden(), last())
        assert causes_of(curve(STUCK, probes=[WELL, flat])) == [
            Cause(CauseKind.SATURATED, 0.98, layer=1)
        ]


class TestGradientsThatVanish:
    VANISHING = probe(9, hidden(gradient=1e-6), hidden(gradient=0.01), last(gradient=1.0))

    def test_are_a_hundredth_of_the_last_layer_s(self) -> None:
        history = curve(STUCK, probes=[WELL, self.VANISHING])
        assert causes_of(history) == [Cause(CauseKind.VANISHING, 1e-6, 1.0, layer=1)]

    def test_are_a_cause_after_it_came_out_of_it_too(self) -> None:
        history = curve(STUCK, probes=[self.VANISHING, self.VANISHING, WELL])
        assert kinds_of(history) == [CauseKind.VANISHING]

    def test_are_none_in_fewer_than_half_of_all_looks(self) -> None:
        history = curve(STUCK, probes=[WELL, WELL, self.VANISHING])
        assert CauseKind.VANISHING not in kinds_of(history)

    def test_are_no_trouble_when_it_learns(self) -> None:
        assert kinds_of(curve(FALLING, probes=[WELL, self.VANISHING])) == []


class TestLabels:
    def test_can_not_be_learned_if_weights_move_far_for_nothing(self) -> None:
        history = curve(STUCK, accuracies=(0.15, 0.1), probes=[WELL, WELL])
        assert causes_of(history) == [Cause(CauseKind.LABELS, 0.15, 0.1)]

    def test_are_not_blamed_if_the_weights_stay_where_they_are(self) -> None:
        still = probe(9, hidden(distance=0.01), hidden(distance=0.01), last(distance=0.01))
        assert causes_of(curve(STUCK, probes=[WELL, still])) == []

    def test_are_wrong_in_part_if_training_images_are_read_worse_than_others(self) -> None:
        history = curve(FALLING, accuracies=(0.52, 0.91), probes=[WELL])
        assert causes_of(history) == [Cause(CauseKind.LABELS, 0.52, 0.91)]

    @pytest.mark.parametrize("changes", [{"dropout": 0.9}, {"distortions": "affine"}])
    def test_are_not_blamed_for_what_makes_training_harder(self, changes: dict[str, Any]) -> None:
        config = dataclasses.replace(CONFIG, **changes)
        assert causes_of(curve(FALLING, accuracies=(0.52, 0.91), probes=[WELL]), config) == []


class TestALinearMap:
    def test_is_shown_by_composing_it(self) -> None:
        seen = probe(9, hidden(), hidden(), last(), linear_gap=8e-6)
        config = dataclasses.replace(CONFIG, activation="none")
        history = curve(LEVEL, accuracies=(0.928, 0.93), probes=[seen])
        assert causes_of(history, config) == [Cause(CauseKind.LINEAR, 8e-6, 0.928)]

    def test_is_what_no_hidden_layer_makes(self) -> None:
        config = dataclasses.replace(CONFIG, hidden_layers=0)
        history = curve(LEVEL, accuracies=(0.92, 0.91), probes=[probe(9, last())])
        assert causes_of(history, config) == [Cause(CauseKind.LINEAR, 0.0, 0.92)]


class TestWhatHoldsARunBack:
    POOR = curve(LEVEL, LEVEL, accuracies=(0.8, 0.78), probes=[WELL, WELL])

    def test_is_too_little_capacity_if_nothing_else_is_found(self) -> None:
        assert causes_of(self.POOR) == [Cause(CauseKind.CAPACITY, 0.8, 0.78)]

    def test_is_not_capacity_while_it_learns_its_training_images_better(self) -> None:
        assert causes_of(curve(LEVEL, accuracies=(0.8, 0.78), probes=[WELL, WELL])) == []

    @pytest.mark.parametrize(("dropout", "decay"), [(0.9, 0.0), (0.0, 0.1)])
    def test_is_its_brake_if_it_has_one(self, dropout: float, decay: float) -> None:
        config = dataclasses.replace(CONFIG, dropout=dropout, weight_decay=decay)
        assert causes_of(self.POOR, config) == [Cause(CauseKind.REGULARISED, dropout, decay)]

    def test_is_nothing_if_it_reads_well(self) -> None:
        config = dataclasses.replace(CONFIG, dropout=0.3)
        assert causes_of(curve(LEVEL, accuracies=(0.9, 0.96), probes=[WELL]), config) == []


@pytest.mark.parametrize(
    ("changes", "state", "cause"),
    [
        ({"initialisation": "zeros"}, State.STUCK, CauseKind.SYMMETRY),
        (
            {"activation": "sigmoid", "hidden_layers": 6, "learning_rate": 0.1},
            State.STUCK,
            CauseKind.VANISHING,
        ),
        ({"learning_rate": 0.0003}, State.IMPROVING, CauseKind.RATE_TOO_LOW),
        (
            {"optimizer": "adam", "learning_rate": 1.0, "hidden_layers": 4},
            State.STUCK,
            CauseKind.DEAD_UNITS,
        ),
        (
            {"optimizer": "adam", "learning_rate": 0.003, "shuffled_labels": 1.0},
            State.STUCK,
            CauseKind.LABELS,
        ),
    ],
    ids=["zeros", "vanishing", "slow", "dead", "shuffled"],
)
def test_a_real_run_gives_itself_away(
    changes: dict[str, Any], state: State, cause: CauseKind, trainer: Trainer
) -> None:
    plain = plain_config(
        units=(64,),
        batch_size=50,
        epochs=4,
        training_images=3_000,
        validation_images=2_000,
        seed=0,
    )
    config = dataclasses.replace(plain, **changes)
    history = trainer.train(config).history
    assert find_convergence(config, history).state is state
    assert causes_of(history, config)[0].kind is cause
