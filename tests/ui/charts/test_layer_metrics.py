"""What was seen inside a network, as a chart's rows and spec."""

import itertools
import math
from typing import Any

import pytest

from mnistlab.core.training.history import History
from mnistlab.ui.charts.layer_metrics import (
    LAYER_METRICS,
    LINE,
    NUMBER,
    TIP,
    inside_data,
    inside_spec,
)
from tests.factories import hidden, last, probe

HISTORY = History(
    probes=[
        probe(1, hidden(gradient=0.5, dead=0.0, update=None), last(gradient=2.0)),
        probe(9, hidden(gradient=0.0, dead=0.25), last(gradient=1.0)),
    ]
)


def rows(kind: str, name: str, history: History = HISTORY) -> list[dict[str, Any]]:
    data = inside_data(history, LAYER_METRICS[name]).to_pylist()
    return [row for row in data if row["kind"] == kind]


def marks(name: str, kind: str) -> list[dict[str, Any]]:
    return [layer for layer in inside_spec(name, 8)["layer"] if layer["mark"]["type"] == kind]


def test_each_probe_and_layer_has_a_row() -> None:
    lines = rows(LINE, "distance")
    assert [row["epoch"] for row in lines] == [0.1, 0.1, 0.9, 0.9]
    assert [row["layer"] for row in lines] == [1, 2, 1, 2]


def test_what_a_layer_has_not_is_left_out() -> None:
    assert [(row["layer"], row["value"]) for row in rows(LINE, "dead")] == [(1, 0.0), (1, 0.25)]
    steps = rows(LINE, "step")
    assert [(row["epoch"], row["layer"]) for row in steps] == [(0.1, 2), (0.9, 1), (0.9, 2)]


def test_nothing_has_no_place_on_a_logarithmic_scale() -> None:
    assert [row["value"] for row in rows(LINE, "gradient")] == [0.5, 2.0, 1.0]


@pytest.mark.parametrize("gradient", [math.inf, math.nan])
def test_what_is_no_number_has_no_place_at_all(gradient: float) -> None:
    history = History(probes=[probe(1, hidden(gradient=gradient), last(gradient=2.0))])
    assert [row["layer"] for row in rows(LINE, "gradient", history)] == [2]


@pytest.mark.parametrize("layers", [1, 3, 7])
def test_each_layer_has_a_colour_of_its_own_and_its_number(layers: int) -> None:
    history = History(probes=[probe(1, *(hidden() for _ in range(layers)))])
    assert len({row["colour"] for row in rows(LINE, "distance", history)}) == layers
    assert [row["layer"] for row in rows(NUMBER, "distance", history)] == [*range(1, layers + 1)]
    [numbers] = marks("distance", "text")
    assert numbers["encoding"]["text"]["field"] == "layer"


def test_numbers_of_lines_that_end_together_do_not_lie_over_each_other() -> None:
    history = History(probes=[probe(8, *(hidden(dead=0.0) for _ in range(9)))])
    places = [row["value"] for row in rows(NUMBER, "dead", history)]
    assert min(after - before for before, after in itertools.pairwise(places)) > 0.05


def test_a_tooltip_has_all_layers_by_value() -> None:
    first, second = rows(TIP, "gradient")
    assert first["text"] == "Epoch 0.10\n2.00  layer 2\n0.500  layer 1"
    assert second["text"] == "Epoch 0.90\n1.00  layer 2"
    assert rows(TIP, "dead")[1]["text"] == "Epoch 0.90\n25.0%  layer 1"


def test_shares_go_from_nothing_to_all_and_the_rest_by_powers_of_ten() -> None:
    for name, metric in LAYER_METRICS.items():
        [ends] = rows("ends", name)
        assert ((ends["low"], ends["high"]) == (0, 1)) is metric.is_share
        [line] = marks(name, "line")
        assert line["encoding"]["y"]["scale"]["type"] == ("linear" if metric.is_share else "log")
    [ends] = rows("ends", "gradient")
    assert (ends["low"], ends["high"]) == (0.1, 10)


def test_a_run_without_probes_has_axes_alone() -> None:
    assert inside_data(History(), LAYER_METRICS["gradient"]).num_rows == 1


def test_a_run_has_another_spec_only_by_its_epochs() -> None:
    assert inside_spec("step", 8) is inside_spec("step", 8)
