"""What is seen inside a network in trouble, by probes made by hand and by real runs."""

import dataclasses
from typing import Any

import pytest

from mnistlab.core.analysis.diagnosis.convergence import State, find_convergence
from mnistlab.core.analysis.diagnosis.signs import Sign, SignKind, find_signs
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


def signs_of(history: History, config: RunConfig = CONFIG) -> list[Sign]:
    return find_signs(config, history, find_convergence(config, history))


def kinds_of(history: History, config: RunConfig = CONFIG) -> list[SignKind]:
    return [sign.kind for sign in signs_of(history, config)]


class TestNothingIsSaid:
    @pytest.mark.parametrize("losses", [FALLING, LEVEL])
    def test_of_a_healthy_run(self, losses: list[float]) -> None:
        assert signs_of(curve(losses, accuracies=(0.97, 0.96), probes=[WELL, WELL])) == []

    def test_of_a_run_too_short_to_tell(self) -> None:
        assert signs_of(curve([2.3, 2.3], probes=[WELL])) == []

    def test_of_a_run_from_before_there_were_probes(self) -> None:
        assert signs_of(curve(STUCK)) == []


def test_gradients_that_explode_are_huge_before_anything_is_learned() -> None:
    history = curve([], probes=[probe(1, hidden(gradient=12.0), hidden(gradient=50.0), last())])
    history.add(Divergence(2, 0.2))
    (first,) = signs_of(history)
    assert first == Sign(SignKind.EXPLODING, 50.0, 2.3, layer=2)


class TestUnits:
    def test_that_are_copies_from_the_start_stay_copies(self) -> None:
        copies = probe(1, hidden(), hidden(copies=1.0), last())
        history = curve(STUCK, probes=[copies, copies])
        assert signs_of(history) == [Sign(SignKind.SYMMETRY, 1.0, layer=2)]

    def test_that_became_alike_are_no_sign(self) -> None:
        copies = probe(9, hidden(copies=1.0, dead=1.0), hidden(), last())
        assert SignKind.SYMMETRY not in kinds_of(curve(STUCK, probes=[WELL, copies]))

    def test_that_are_dead_are_named_with_the_worst_layer(self) -> None:
        dead = probe(9, hidden(dead=0.95), hidden(dead=0.97), last())
        assert signs_of(curve(STUCK, probes=[WELL, dead])) == [
            Sign(SignKind.DEAD_UNITS, 0.97, layer=2)
        ]

    def test_that_are_saturated_are_not_dead(self) -> None:
        flat = probe(9, hidden(flat=0.98, dead=0.1), hidden(), last())
        assert signs_of(curve(STUCK, probes=[WELL, flat])) == [
            Sign(SignKind.SATURATED, 0.98, layer=1)
        ]


class TestGradientsThatVanish:
    VANISHING = probe(9, hidden(gradient=1e-6), hidden(gradient=0.01), last(gradient=1.0))

    def test_are_a_hundredth_of_the_last_layer_s(self) -> None:
        history = curve(STUCK, probes=[WELL, self.VANISHING])
        assert signs_of(history) == [Sign(SignKind.VANISHING, 1e-6, 1.0, layer=1)]

    def test_are_a_sign_after_it_came_out_of_it_too(self) -> None:
        history = curve(STUCK, probes=[self.VANISHING, self.VANISHING, WELL])
        assert kinds_of(history) == [SignKind.VANISHING]

    def test_are_none_in_fewer_than_half_of_all_looks(self) -> None:
        history = curve(STUCK, probes=[WELL, WELL, self.VANISHING])
        assert SignKind.VANISHING not in kinds_of(history)

    def test_are_no_trouble_when_it_learns(self) -> None:
        assert kinds_of(curve(FALLING, probes=[WELL, self.VANISHING])) == []


class TestALinearMap:
    def test_is_shown_by_composing_it(self) -> None:
        seen = probe(9, hidden(), hidden(), last(), linear_gap=8e-6)
        config = dataclasses.replace(CONFIG, activation="none")
        history = curve(LEVEL, accuracies=(0.928, 0.93), probes=[seen])
        assert signs_of(history, config) == [Sign(SignKind.LINEAR, 8e-6, 0.928)]

    def test_is_what_no_hidden_layer_makes(self) -> None:
        config = dataclasses.replace(CONFIG, hidden_layers=0)
        history = curve(LEVEL, accuracies=(0.92, 0.91), probes=[probe(9, last())])
        assert signs_of(history, config) == [Sign(SignKind.LINEAR, 0.0, 0.92)]


@pytest.mark.parametrize(
    ("changes", "state", "sign"),
    [
        ({"initialisation": "zeros"}, State.STUCK, SignKind.SYMMETRY),
        (
            {"activation": "sigmoid", "hidden_layers": 6, "learning_rate": 0.1},
            State.STUCK,
            SignKind.VANISHING,
        ),
        (
            {"optimizer": "adam", "learning_rate": 1.0, "hidden_layers": 4},
            State.STUCK,
            SignKind.DEAD_UNITS,
        ),
    ],
    ids=["zeros", "vanishing", "dead"],
)
def test_a_real_run_gives_itself_away(
    changes: dict[str, Any], state: State, sign: SignKind, trainer: Trainer
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
    assert signs_of(history, config)[0].kind is sign
