"""What the lines of a comparison are called: as short as can be, and never twice the same."""

import dataclasses

from mnistlab.core.analysis.comparison import ComparedRun, Group
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.rate_change import RateChange
from mnistlab.core.training.history import History
from mnistlab.ui import formatting
from mnistlab.ui.overlay.names import name_groups

BASE = RunConfig()


def group(name: str = "", seeds: tuple[int, ...] = (0,), **settings: object) -> Group:
    config = RunConfig(**{**vars(BASE), **settings})
    name = name or formatting.short_name(config)
    runs = (
        ComparedRun(str(n), name, dataclasses.replace(config, seed=n), History()) for n in seeds
    )
    return Group(tuple(runs), ())


def texts(*groups: Group) -> list[str]:
    return [name.text for name in name_groups(groups)]


def test_of_two_both_are_called_by_what_differs() -> None:
    assert texts(group(dropout=0.1), group(dropout=0.2)) == ["Dropout 0.1", "Dropout 0.2"]


def test_rate_changes_are_told_with_their_steps() -> None:
    changes = (RateChange(1_500, 0.001), RateChange(1_600, 0.1))
    assert texts(group(), group(rate_changes=changes)) == [
        "No learning-rate changes",
        "0.001 from step 1,500, 0.1 from step 1,600",
    ]


def test_of_more_the_one_that_shares_all_with_most_is_the_baseline() -> None:
    groups = [group(), group(activation="tanh", epochs=2), group(optimizer="adam")]
    assert texts(*groups) == ["Baseline", "2 epochs · tanh", "Adam"]
    assert name_groups(groups)[0].further == formatting.short_name(BASE)


def test_one_alone_has_its_settings() -> None:
    assert texts(group()) == [formatting.short_name(BASE)]


def test_a_given_name_stays_and_the_settings_are_told_beside_it() -> None:
    [mine, other] = name_groups([group("Mine", dropout=0.1), group("Other", dropout=0.2)])
    assert (mine.text, mine.further) == ("Mine", "Dropout 0.1")
    assert (other.text, other.further) == ("Other", "Dropout 0.2")


def test_namesakes_are_told_apart() -> None:
    groups = [group("Mine", dropout=0.1), group("Mine", dropout=0.2)]
    assert texts(*groups) == ["Mine · Dropout 0.1", "Mine · Dropout 0.2"]


def test_seeds_are_counted_and_listed() -> None:
    [name] = name_groups([group("Mine", seeds=(3, 1))])
    assert (name.text, name.further) == ("Mine (2 seeds)", "Seeds 1, 3")


def test_the_runs_of_one_experiment_are_called_by_their_arms() -> None:
    groups = [group("Learning rate: 1", dropout=0.1), group("Learning rate: 10", dropout=0.2)]
    assert texts(*groups) == ["1", "10"]


def test_a_momentum_that_is_not_used_is_no_difference() -> None:
    groups = [group(optimizer="sgd", momentum=0.9), group(optimizer="adam", momentum=0.0)]
    assert texts(*groups) == ["SGD · Momentum 0.9", "Adam"]
