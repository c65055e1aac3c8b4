"""`python -m benchmarks labels`: what is measured, on networks that are trained in a moment."""

import dataclasses

import pytest
import torch

from benchmarks.diagnosis import labels
from benchmarks.diagnosis.labels import precision, summarize
from tests.factories import plain_config

SMALL = plain_config(optimizer="adam", learning_rate=0.003, training_images=2_000)


def test_as_many_of_the_lowest_margins_count_as_labels_are_wrong() -> None:
    margins = torch.tensor([3.0, -2.0, -1.0, 5.0, -3.0, 1.0])
    is_wrong = torch.tensor([False, True, False, False, True, True])
    assert precision(margins, is_wrong) == pytest.approx(2 / 3)


def test_an_interval_is_student_s_t_over_the_seeds() -> None:
    summary = summarize([{"precision": 0.90}, {"precision": 0.92}, {"precision": 0.94}])
    # A standard deviation of 0.02, and 4.303 standard errors with two degrees of freedom.
    assert summary["precision"] == pytest.approx(0.92)
    assert summary["precision_±"] == pytest.approx(4.303 * 0.02 / 3**0.5, rel=1e-3)


def test_one_seed_has_no_interval() -> None:
    assert summarize([{"precision": 0.9}]) == {"precision": 0.9}


def test_all_networks_are_measured_and_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels, "NETWORKS", {"tiny": SMALL})
    monkeypatch.setattr(labels, "TIMED", {"tiny": dataclasses.replace(SMALL, epochs=1)})
    results = labels.main(["--seeds", "1", "--pairs", "1"])
    assert list(results) == ["tiny 0%", "tiny 5%", "tiny 20%", "tiny 40%", "slow_down"]
    assert results["tiny 0%"].keys() == {"likely_wrong", "likely_wrong_error", "negative"}
    assert results["tiny 20%"]["precision"] > 0.6
    assert 0.1 < results["slow_down"]["tiny"] < 10


def test_no_seeds_are_refused() -> None:
    with pytest.raises(SystemExit):
        labels.main(["--seeds", "0"])
