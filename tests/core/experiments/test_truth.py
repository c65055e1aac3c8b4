"""What outcomes made by hand make of each experiment: the right options, and what is said."""

from collections.abc import Mapping

import pytest

from mnistlab.core.experiments.experiment import ClaimVerdict, Conclusion, conclude
from mnistlab.core.experiments.outcome import Outcome
from mnistlab.core.experiments.registry import EXPERIMENTS
from tests.factories import diverged, not_none, outcome, outcomes, overfitting

RATES = ("0.0001", "0.001", "0.01", "0.1", "1", "10", "100")
DEEP = {"No hidden layer": 0.9, "ReLU, 1": 0.92, "ReLU, 2": 0.92, "ReLU, 4": 0.92} | {
    "Sigmoid, 1": 0.9,
    "Sigmoid, 2": 0.9,
    "Sigmoid, 4": 0.85,
}
WIDTHS = {"4": 0.5, "16": 0.88, "64": 0.93, "256": 0.95, "512": 0.955, "1,024": 0.956}
CHOICES = {"Notebook, 10 × learning rate": 0.93, "Defaults, no dropout": 0.96}


def concluded(name: str, runs: Mapping[str, Outcome]) -> Conclusion:
    found = not_none(conclude(EXPERIMENTS[name], runs))
    return found


def read(name: str, accuracies: Mapping[str, float]) -> Conclusion:
    return concluded(name, outcomes(EXPERIMENTS[name], accuracies))


def rates(*accuracies: float) -> dict[str, float]:
    return dict(zip(RATES, accuracies, strict=True))


@pytest.mark.parametrize(
    ("name", "accuracies", "right"),
    [
        ("learning_rate", rates(0.1, 0.3, 0.8, 0.95, 0.9, 0.1, 0.1), {"0.1"}),
        ("learning_rate", rates(0.1, 0.3, 0.8, 0.95, 0.955, 0.1, 0.1), {"0.1", "1"}),
        ("batch_size", {"8": 0.9, "64": 0.95, "512": 0.7, "4,096": 0.4}, {"64"}),
        ("batch_size", {"8": 0.9, "64": 0.5, "512": 0.7, "4,096": 0.95}, {"4096"}),
        ("depth", {**DEEP, "ReLU, 8": 0.9, "Sigmoid, 8": 0.2}, {"relu"}),
        ("depth", {**DEEP, "ReLU, 8": 0.9, "Sigmoid, 8": 0.85}, {"both"}),
        ("depth", {**DEEP, "ReLU, 8": 0.3, "Sigmoid, 8": 0.85}, {"sigmoid"}),
        ("depth", {**DEEP, "ReLU, 8": 0.3, "Sigmoid, 8": 0.3}, {"neither"}),
        ("width", WIDTHS, {"256"}),
        ("width", {**WIDTHS, "16": 0.955}, {"16"}),
        ("width", {**WIDTHS, "1,024": 0.98}, {"1024"}),
        ("notebook", {**CHOICES, "Notebook": 0.95, "Defaults": 0.951}, {"level"}),
        ("notebook", {**CHOICES, "Notebook": 0.95, "Defaults": 0.968}, {"little"}),
        ("notebook", {**CHOICES, "Notebook": 0.93, "Defaults": 0.968}, {"clear"}),
        ("notebook", {**CHOICES, "Notebook": 0.86, "Defaults": 0.968}, {"far"}),
        ("notebook", {**CHOICES, "Notebook": 0.97, "Defaults": 0.9}, {"level"}),
    ],
)
def test_the_right_options_are_those_that_were_measured(
    name: str, accuracies: Mapping[str, float], right: set[str]
) -> None:
    assert read(name, accuracies).right == right


@pytest.mark.parametrize(
    ("zeros", "right"), [(0.11, {"guesses"}), (0.5, {"less"}), (0.93, {"as_much"})]
)
def test_zero_weights_are_judged_against_random_ones(zeros: float, right: set[str]) -> None:
    others = {"ReLU, random": 0.93, "Sigmoid, random": 0.91, "Sigmoid, zeros": 0.24}
    assert read("zero_initialisation", {**others, "ReLU, zeros": zeros}).right == right


@pytest.mark.parametrize(
    ("linear", "right"), [(0.9, {"level"}), (0.95, {"better"}), (0.85, {"worse"})]
)
def test_layers_without_activation_are_judged_against_none(linear: float, right: set[str]) -> None:
    others = {"No hidden layer": 0.9, "4 layers, no activation": 0.9, "2 layers, ReLU": 0.93}
    assert read("no_activation", {**others, "2 layers, no activation": linear}).right == right


@pytest.mark.parametrize(
    ("accuracy", "right"), [(0.4, "half"), (0.6, "some"), (0.81, "most"), (0.95, "nearly_all")]
)
def test_what_200_images_teach_is_in_one_of_four_ranges(accuracy: float, right: str) -> None:
    others = dict.fromkeys(("1,000", "5,000", "20,000", "55,000"), 0.96)
    assert read("training_images", {**others, "200": accuracy}).right == {right}


@pytest.mark.parametrize(
    ("validation", "training", "right"),
    [(0.1, 0.99, "by_heart"), (0.1, 0.12, "nothing"), (0.6, 0.99, "reads")],
)
def test_shuffled_labels_are_judged_on_both_splits(
    validation: float, training: float, right: str
) -> None:
    runs = outcomes(EXPERIMENTS["shuffled_labels"], dict.fromkeys(_labels("shuffled_labels"), 0.9))
    arm = EXPERIMENTS["shuffled_labels"].arms[2]
    runs[arm.label] = outcome(arm.label, arm.config, validation, training)
    assert concluded("shuffled_labels", runs).right == {right}


@pytest.mark.parametrize(
    ("apart", "right"), [(0.0004, "tiny"), (0.01, "small"), (0.05, "large"), (0.3, "huge")]
)
def test_luck_is_how_far_seeds_are_apart(apart: float, right: str) -> None:
    labels = _labels("luck")
    found = read("luck", {label: 0.9 - apart * (label == labels[0]) for label in labels})
    assert found.right == {right}
    assert f"a gap of {100 * apart:.2f} percentage points" in found.paragraphs[0]


class TestOverfitting:
    """Its interval reaches one epoch to each side of the best (`factories.overfitting`)."""

    @pytest.mark.parametrize(
        ("plain", "dropout", "right"),
        [
            (3, 7, {"delays"}),
            (4, 6, {"delays", "nothing"}),  # 3 to 5 and 5 to 7: either may have been first
            (5, 5, {"nothing"}),
            (6, 3, {"nothing"}),
            (5, 12, {"prevents"}),
            (12, 5, set()),
        ],
    )
    def test_is_dated_by_its_intervals(self, plain: int, dropout: int, right: set[str]) -> None:
        assert concluded("overfitting", self._runs(plain, dropout)).right == right

    def test_tells_when_it_began_and_what_it_cost(self) -> None:
        found = concluded("overfitting", self._runs(4, 7))
        assert "No remedy: began at epoch 4 (between 3 and 5)" in found.paragraphs[0]
        assert "rose by 0.160 from its best" in found.paragraphs[1]
        minimum, beginning = found.judgements
        assert minimum.verdict is ClaimVerdict.FAILS
        assert beginning.verdict is ClaimVerdict.ANSWERED
        assert "epoch 4 (between 3 and 5)" in beginning.evidence

    def test_that_does_not_begin_leaves_the_claims_open(self) -> None:
        found = concluded("overfitting", self._runs(12, 12))
        assert {judgement.verdict for judgement in found.judgements} == {ClaimVerdict.UNKNOWN}

    @staticmethod
    def _runs(plain: int, dropout: int) -> dict[str, Outcome]:
        bests = {"No remedy": plain, "Dropout 0.5": dropout}
        return {
            arm.label: overfitting(arm.label, arm.config, bests.get(arm.label, 12))
            for arm in EXPERIMENTS["overfitting"].arms
        }


class TestTheClaim:
    def test_on_rates_holds_where_both_ends_fail(self) -> None:
        found = read("learning_rate", rates(0.1, 0.3, 0.8, 0.95, 0.9, 0.1, 0.1))
        assert found.judgements[0].verdict is ClaimVerdict.HOLDS
        assert "Too small: with 0.0001" in found.paragraphs[1]
        assert "Too big: 10 ended" in found.paragraphs[2]

    def test_on_rates_fails_where_the_highest_is_best(self) -> None:
        found = read("learning_rate", rates(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.95))
        assert found.judgements[0].verdict is ClaimVerdict.FAILS
        assert not any("Too big" in text for text in found.paragraphs)

    def test_on_rates_knows_a_run_that_diverged(self) -> None:
        runs = outcomes(EXPERIMENTS["learning_rate"], rates(0.1, 0.3, 0.8, 0.95, 0.9, 0.85, 0.9))
        runs["100"] = diverged("100", runs["100"].config)
        found = concluded("learning_rate", runs)
        assert "100 diverged" in found.paragraphs[2]
        assert "no result, it diverged" in found.judgements[0].evidence

    @pytest.mark.parametrize(
        ("adam", "verdict"),
        [(0.95, ClaimVerdict.HOLDS), (0.905, ClaimVerdict.UNKNOWN), (0.8, ClaimVerdict.FAILS)],
    )
    def test_on_optimizers_is_judged_against_the_better_sgd(
        self, adam: float, verdict: ClaimVerdict
    ) -> None:
        slow, sgd, momentum, rmsprop, adams, muon = _labels("optimizers")
        accuracies = {slow: 0.6, sgd: 0.9, momentum: 0.9, rmsprop: 0.7, adams: adam, muon: 0.99}
        assert read("optimizers", accuracies).judgements[0].verdict is verdict

    @pytest.mark.parametrize(("muon", "is_explained"), [(0.97, True), (0.93, False), (0.9, False)])
    def test_on_optimizers_explains_muon_where_it_is_better_than_adam(
        self, muon: float, is_explained: bool
    ) -> None:
        accuracies = dict(zip(_labels("optimizers"), (0.6, 0.9, 0.9, 0.9, 0.93, muon), strict=True))
        texts = read("optimizers", accuracies).paragraphs
        assert any("97.00% (Muon 0.001) and 93.00% (Adam" in text for text in texts) is is_explained

    @pytest.mark.parametrize(
        ("sigmoid", "verdict"),
        [(0.9, ClaimVerdict.HOLDS), (0.93, ClaimVerdict.UNKNOWN), (0.96, ClaimVerdict.FAILS)],
    )
    def test_on_relu_is_judged_against_sigmoid(self, sigmoid: float, verdict: ClaimVerdict) -> None:
        accuracies = {"ReLU": 0.93, "GELU": 0.93, "tanh": 0.93, "Sigmoid": sigmoid}
        assert read("activation", accuracies).judgements[0].verdict is verdict

    @pytest.mark.parametrize(
        ("one", "verdict"),
        [(0.93, ClaimVerdict.FAILS), (0.9, ClaimVerdict.HOLDS), (0.95, ClaimVerdict.FAILS)],
    )
    def test_on_one_layer_holds_where_another_is_better(
        self, one: float, verdict: ClaimVerdict
    ) -> None:
        accuracies = {"0": 0.8, "1": one, "2": 0.935, "4": 0.93, "8": 0.9}
        assert read("layers", accuracies).judgements[0].verdict is verdict

    @pytest.mark.parametrize(
        ("two", "eight", "verdict"),
        [
            (9, 3, ClaimVerdict.HOLDS),
            (12, 5, ClaimVerdict.HOLDS),
            (5, 5, ClaimVerdict.FAILS),
            (5, 12, ClaimVerdict.FAILS),
        ],
    )
    def test_on_deep_overfitting_is_judged_against_two_layers(
        self, two: int, eight: int, verdict: ClaimVerdict
    ) -> None:
        bests = {"2": two, "8": eight}
        runs = {
            arm.label: overfitting(arm.label, arm.config, bests.get(arm.label, 12))
            for arm in EXPERIMENTS["layers"].arms
        }
        assert concluded("layers", runs).judgements[2].verdict is verdict

    @pytest.mark.parametrize(
        ("widest", "verdict"), [(0.956, ClaimVerdict.HOLDS), (0.975, ClaimVerdict.FAILS)]
    )
    def test_on_512_units_holds_where_none_is_better(
        self, widest: float, verdict: ClaimVerdict
    ) -> None:
        found = read("width", {**WIDTHS, "1,024": widest})
        assert found.judgements[0].verdict is verdict
        assert "95.50%" in found.judgements[0].evidence


def test_what_contradicts_the_textbook_is_told_as_measured() -> None:
    """No reason is given for what did not happen."""
    found = read("batch_size", {"8": 0.5, "64": 0.5, "512": 0.5, "4,096": 0.95})
    assert "The best was a batch size of 4,096: 95.00%" in found.paragraphs[0]
    assert not any("did not get far" in text for text in found.paragraphs)
    equal = read("depth", {**DEEP, "ReLU, 8": 0.92, "Sigmoid, 8": 0.9})
    assert not any("almost nothing reaches" in text for text in equal.paragraphs)


def _labels(name: str) -> list[str]:
    return [arm.label for arm in EXPERIMENTS[name].arms]
