"""Which labels are suspicious, and about how many are wrong."""

import dataclasses

import numpy as np
import pytest
import torch

from mnistlab.core.analysis.suspicious_labels import (
    MOST,
    estimate_wrong,
    find_suspicious_labels,
)
from mnistlab.core.arrays import Float32Array
from mnistlab.core.run import SuspiciousLabels
from mnistlab.core.settings.config import RunConfig
from tests.core.trainer import Trainer
from tests.factories import not_none, plain_config

SHUFFLED = plain_config(
    optimizer="adam",
    learning_rate=0.003,
    training_images=4_000,
    validation_images=1_000,
    epochs=6,
    shuffled_labels=0.2,
)


def found(trainer: Trainer, config: RunConfig, **changes: object) -> SuspiciousLabels | None:
    """Return what is suspicious of a run, whose result has these changes."""
    trained = dataclasses.replace(trainer.train(config), **changes)  # type: ignore[arg-type]
    return find_suspicious_labels(trained, config, trainer.split(config).train)


def with_margins(trainer: Trainer, config: RunConfig, *margins: float) -> SuspiciousLabels:
    """Return what is suspicious when the first images have these margins and others 1."""
    every = torch.ones(config.training_images)
    every[: len(margins)] = torch.tensor(margins)
    return not_none(found(trainer, config, margins=every))


class TestOfARealTraining:
    @pytest.fixture
    def labels(self, trainer: Trainer) -> SuspiciousLabels:
        return not_none(found(trainer, SHUFFLED))

    def test_are_nearly_all_wrong_and_the_predictions_right(
        self, labels: SuspiciousLabels, trainer: Trainer
    ) -> None:
        true = trainer.training_digits.labels.numpy()[labels.indices]
        assert len(true) == MOST
        assert (true != labels.labels).mean() > 0.95
        assert (true == labels.predictions).mean() > 0.8
        assert (labels.labels != labels.predictions).all()

    def test_are_about_as_many_as_are_wrong(self, labels: SuspiciousLabels) -> None:
        wrong = 0.9 * 800  # a tenth of the shuffled ones is right
        assert not_none(labels.likely_wrong) == pytest.approx(wrong, rel=0.25)
        assert labels.negative >= not_none(labels.likely_wrong)

    def test_begin_with_the_lowest_margin(self, labels: SuspiciousLabels) -> None:
        assert (np.diff(labels.margins) >= 0).all()
        assert labels.margins.max() < 0

    def test_none_is_wrong_if_none_is_shuffled(self, trainer: Trainer) -> None:
        right = dataclasses.replace(SHUFFLED, shuffled_labels=0.0)
        assert not_none(found(trainer, right)).likely_wrong == 0

    def test_nobody_can_tell_how_many_without_validation_images(self, trainer: Trainer) -> None:
        unjudged = plain_config(validation_images=0, shuffled_labels=0.2)
        assert not_none(found(trainer, unjudged)).likely_wrong is None


class TestTheList:
    def test_has_images_with_negative_margins_alone(self, trainer: Trainer) -> None:
        config = plain_config()
        labels = with_margins(trainer, config, 0.5, -1.0, 0.0, -3.0)
        splits = trainer.split(config)
        assert labels.margins.tolist() == [-3.0, -1.0]
        assert labels.negative == 2
        assert labels.labels.tolist() == splits.train.labels[[3, 1]].tolist()
        shown = trainer.training_digits.pixels[labels.indices.tolist()]
        assert shown.equal(splits.train.pixels[[3, 1]])

    def test_may_be_empty(self, trainer: Trainer) -> None:
        labels = with_margins(trainer, plain_config())
        assert (len(labels.indices), labels.negative, labels.likely_wrong) == (0, 0, 0)

    @pytest.mark.parametrize("change", [{"margins": None}, {"best_weights": None}])
    def test_needs_margins_and_weights(self, trainer: Trainer, change: dict[str, None]) -> None:
        assert found(trainer, plain_config(), **change) is None

    def test_of_infinite_margins_is_none(self, trainer: Trainer) -> None:
        infinite = torch.full((plain_config().training_images,), torch.inf)
        assert found(trainer, plain_config(), margins=infinite) is None


class TestTheEstimate:
    MARGINS: Float32Array = np.array([-4] * 10 + [-1] * 5 + [4] * 85, np.float32)
    """Ten rejected as firmly as others are accepted, five that are merely hard."""

    def test_counts_labels_that_are_rejected_as_firmly_as_others_are_accepted(self) -> None:
        assert estimate_wrong(self.MARGINS, validation_error=0.02) == 10

    def test_is_none_at_all_if_the_network_s_own_mistakes_explain_as_many(self) -> None:
        assert estimate_wrong(self.MARGINS, validation_error=0.19) == 10
        assert estimate_wrong(self.MARGINS, validation_error=0.21) == 0

    def test_is_none_at_all_for_a_network_that_accepts_no_label(self) -> None:
        assert estimate_wrong(np.full(10, -1, np.float32), validation_error=0.9) == 0
