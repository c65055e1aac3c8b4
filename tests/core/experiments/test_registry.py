"""What every experiment must be, whoever adds it."""

import re
from collections.abc import Callable

import pytest

from mnistlab.core.analysis.comparison import differing_settings
from mnistlab.core.experiments.experiment import Experiment, conclude, longest_first
from mnistlab.core.experiments.outcome import Outcome
from mnistlab.core.experiments.registry import EXPERIMENTS, SECTIONS
from mnistlab.core.settings.limits import Limits
from mnistlab.core.training.cost import point_interval as pace
from mnistlab.core.training.cost.speed import Speed
from tests.factories import diverged, not_none, outcome, outcomes, overfitting

SERVER = Speed(
    step=pace._SECONDS_PER_STEP, layer=0.0, parameter=0.0, product=6 / pace._OPERATIONS_PER_SECOND
)
"""The server that `core/training/cost/point_interval.py` tells of: two cores train a lone run."""

SECONDS = 60
"""On that server, so that one half as fast still takes no more than two minutes."""

MOST_SETTINGS = 8
NAME_LENGTH = 60
Outcomes = dict[str, Outcome]

each = pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=list(EXPERIMENTS))


def test_there_are_at_least_ten() -> None:
    assert len(EXPERIMENTS) >= 10
    assert sum(map(len, SECTIONS.values())) == len(EXPERIMENTS)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_name_goes_into_a_url(name: str) -> None:
    assert re.fullmatch("[a-z_]+", name)


def test_the_longest_is_trained_first_and_equal_ones_as_they_stand() -> None:
    arms = longest_first(EXPERIMENTS["width"].arms)
    assert [arm.config.units for arm in arms] == [(1024,), (512,), (256,), (64,), (16,), (4,)]
    luck = EXPERIMENTS["luck"].arms
    assert longest_first(luck) == list(luck)


@each
class TestAnExperiment:
    def test_asks_one_question_and_says_why(self, experiment: Experiment) -> None:
        assert experiment.question.endswith("?")
        assert experiment.why.endswith(".")
        assert len(experiment.title) < 40

    def test_has_arms_that_can_be_told_apart(self, experiment: Experiment) -> None:
        assert 2 <= len(experiment.arms) <= 11
        assert len({arm.key for arm in experiment.arms}) == len(experiment.arms)
        assert len({arm.config for arm in experiment.arms}) == len(experiment.arms)

    def test_has_runs_whose_names_fit(self, experiment: Experiment) -> None:
        assert all(len(f"{experiment.title}: {a.label}") <= NAME_LENGTH for a in experiment.arms)

    def test_judges_all_by_the_same_images(self, experiment: Experiment) -> None:
        assert {arm.config.validation_images for arm in experiment.arms} == {5_000}
        assert "validation_images" not in differing_settings([a.config for a in experiment.arms])

    def test_takes_no_more_than_two_minutes(self, experiment: Experiment) -> None:
        assert sum(SERVER.run_seconds(arm.config) for arm in experiment.arms) <= SECONDS

    def test_may_be_run_on_the_smallest_server(self, experiment: Experiment) -> None:
        assert [p for arm in experiment.arms for p in Limits().problems(arm.config)] == []

    def test_has_options_that_go_into_a_url(self, experiment: Experiment) -> None:
        assert len(experiment.options) >= 2
        assert all(re.fullmatch(r"[a-z0-9._-]*[a-z0-9]", key) for key in experiment.options)


def flat(experiment: Experiment) -> Outcomes:
    return outcomes(experiment, dict.fromkeys((a.label for a in experiment.arms), 0.93))


def rising(experiment: Experiment) -> Outcomes:
    labels = [arm.label for arm in experiment.arms]
    return outcomes(experiment, {label: 0.1 + 0.08 * n for n, label in enumerate(labels)})


def falling(experiment: Experiment) -> Outcomes:
    labels = [arm.label for arm in experiment.arms]
    return outcomes(experiment, {label: 0.97 - 0.08 * n for n, label in enumerate(labels)})


def all_diverged(experiment: Experiment) -> Outcomes:
    return {arm.label: diverged(arm.label, arm.config) for arm in experiment.arms}


def half_diverged(experiment: Experiment) -> Outcomes:
    return {
        arm.label: outcome(arm.label, arm.config, 0.9) if n % 2 else diverged(arm.label, arm.config)
        for n, arm in enumerate(experiment.arms)
    }


def all_overfit(experiment: Experiment) -> Outcomes:
    return {arm.label: overfitting(arm.label, arm.config, best=5) for arm in experiment.arms}


CASES = (flat, rising, falling, all_diverged, half_diverged, all_overfit)


@each
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_whatever_comes_out_is_explained(
    experiment: Experiment, case: Callable[[Experiment], Outcomes]
) -> None:
    found = not_none(conclude(experiment, case(experiment)))
    assert found.right <= experiment.options.keys()
    assert re.search(r"\d|diverged", found.paragraphs[0])
    assert len(found.judgements) == len(experiment.claims)
    for text in (*found.paragraphs, *(judgement.evidence for judgement in found.judgements)):
        assert text[-1] in ".?)"
        assert not re.search(r"\bnan\b|None|\binf\b|\{|\}|  ", text), text


@each
def test_without_an_arm_it_cannot_be_told_yet(experiment: Experiment) -> None:
    whole = outcomes(experiment, dict.fromkeys((a.label for a in experiment.arms), 0.93))
    for label in whole:
        part = {other: each for other, each in whole.items() if other != label}
        assert conclude(experiment, part) is None
    assert conclude(experiment, {}) is None


@each
def test_what_is_right_depends_on_the_outcomes(experiment: Experiment) -> None:
    """An answer that was written down beforehand would be the same each time."""
    answers = {not_none(conclude(experiment, case(experiment))).right for case in CASES}
    assert len(answers) > 1
