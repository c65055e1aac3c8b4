"""Loss and accuracy by epoch: the rows of a run's curves, and the charts' specs."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
import pyarrow as pa

from mnistlab.core.analysis.curves import telling_points
from mnistlab.core.analysis.diagnosis.overfitting import Finding, Onset
from mnistlab.core.analysis.metrics import NORMAL_95
from mnistlab.core.training.events import EpochPoint
from mnistlab.core.training.history import History, Measure
from mnistlab.ui.charts import toolkit
from mnistlab.ui.charts.palette import ACCENT, QUIET

TRAINING = "training"
VALIDATION = "validation"
BEGAN, WORSE = "overfitting began, by ", "overfitting, by "


@dataclass(frozen=True)
class Detail:
    """Limits on the points of the lines.

    Attributes:
        points: The most points of the training line.
        tooltips: The most points of each line with a tooltip.
    """

    points: int
    tooltips: int


WHOLE = Detail(points=600, tooltips=600)
"""With the validation line it stays below `toolkit.MOST_ROWS`."""

WHILE_TRAINING = Detail(points=120, tooltips=30)
"""Each update redraws all points, which slows training. A chart is about 300 pixels wide, and a
point with a tooltip is two elements of the page."""

_COLUMNS = pa.schema(
    {
        "epoch": pa.float64(),
        "split": pa.string(),
        "loss": pa.float64(),
        "accuracy": pa.float64(),
        "loss_margin": pa.float64(),
        "accuracy_margin": pa.float64(),
        "best": pa.bool_(),
        "until": pa.float64(),
        "tooltip": pa.bool_(),
    }
)


def curve_data(
    history: History, findings: Mapping[Measure, Finding], detail: Detail = WHOLE
) -> pa.Table:
    """Return the curves as rows: epoch, split, loss, accuracy, best (only the best epoch).

    Validation rows also have the 95% margins of loss and accuracy. Rows with `tooltip` have a
    tooltip.

    A measure that overfits has two more rows, whose `split` is BEGAN or WORSE with the measure's
    name: stretches from `epoch` to `until`.

    An Arrow table, since a pandas frame costs twenty times as much, most of it for Streamlit's
    conversion to Arrow.
    """
    losses = np.array([point.train_loss for point in history.steps])
    places = telling_points(losses, detail.points)
    training = [history.steps[place] for place in places]
    validation = [point for point in history.epochs if point.validation_loss is not None]
    best = history.best_epoch
    columns = {
        "epoch": [*(p.epoch for p in training), *(p.epoch for p in validation)],
        "split": [TRAINING] * len(training) + [VALIDATION] * len(validation),
        "loss": [*(p.train_loss for p in training), *(p.validation_loss for p in validation)],
        "accuracy": [
            *(p.train_accuracy for p in training),
            *(p.validation_accuracy for p in validation),
        ],
        "loss_margin": [None] * len(training) + [_margin(p, Measure.LOSS) for p in validation],
        "accuracy_margin": [
            *([None] * len(training)),
            *(_margin(p, Measure.ACCURACY) for p in validation),
        ],
        "best": [False] * len(training) + [p is best for p in validation],
        "until": [None] * (len(training) + len(validation)),
        "tooltip": [
            *_with_tooltip(places, detail.tooltips),
            *_with_tooltip(range(len(validation)), detail.tooltips),
        ],
    }
    curves = pa.table(columns, schema=_COLUMNS)
    stretches = [row for measure, found in findings.items() for row in _stretches(measure, found)]
    return pa.concat_tables([curves, pa.Table.from_pylist(stretches, schema=_COLUMNS)])


def _with_tooltip(places: Sequence[int], most: int) -> list[bool]:
    """Choose from the points at `places` the first of each stretch, or all if they are few."""
    if len(places) <= most:
        return [True] * len(places)
    # A power of two, so that a point under the pointer stays while the line grows.
    apart = 2 ** math.ceil(math.log2((places[-1] + 1) / most))
    stretches = [-1, *(place // apart for place in places)]
    return [now != before for before, now in itertools.pairwise(stretches)]


def _margin(point: EpochPoint, measure: Measure) -> float | None:
    if point.errors is None:
        return None
    error = point.errors.loss if measure is Measure.LOSS else point.errors.accuracy
    return NORMAL_95 * error


def _stretches(measure: Measure, finding: Finding) -> list[dict[str, object]]:
    if not isinstance(finding, Onset):
        return []
    return [
        {"split": BEGAN + measure, "epoch": finding.earliest, "until": finding.latest},
        {"split": WORSE + measure, "epoch": finding.latest, "until": finding.now.epoch},
    ]


@toolkit.build_once
def loss_spec(epochs: int, log: bool) -> toolkit.Spec:
    """Return the chart of loss by epoch, on a logarithmic scale if `log`."""
    ends = [toolkit.lowest("loss") if log else 0, toolkit.highest("loss", otherwise=2.5)]
    scale = alt.Scale(domain=ends, type="log" if log else "linear", nice=True)
    upwards = toolkit.value_axis("loss", scale, "~g")
    return _spec("loss", "Loss", toolkit.written_loss, upwards, epochs)


@toolkit.build_once
def accuracy_spec(epochs: int, zoom: bool) -> toolkit.Spec:
    """Return the chart of accuracy by epoch, from 90% upwards if `zoom`."""
    scale = alt.Scale(domain=[0.9 if zoom else 0, 1])
    upwards = toolkit.value_axis("accuracy", scale, "%")
    return _spec("accuracy", "Accuracy", toolkit.written_share, upwards, epochs)


def _spec(
    field: str, title: str, write: toolkit.Write, upwards: alt.Y, epochs: int
) -> toolkit.Spec:
    base = toolkit.rows().encode(
        x=toolkit.epoch_axis(epochs),
        y=upwards,
        color=alt.Color(
            "split:N",
            title=None,
            scale=alt.Scale(domain=[TRAINING, VALIDATION], range=[QUIET, ACCENT]),
            legend=alt.Legend(orient="top", symbolType="stroke", symbolStrokeWidth=3, offset=2),
        ),
    )
    return toolkit.to_spec(
        [*_shades(field, epochs), *_curves(base, field), *_hover(base, field, title, write)]
    )


def _shades(field: str, epochs: int) -> list[alt.Chart]:
    """Shade the stretch in which overfitting began, and more lightly the one since."""
    began, since = (
        toolkit.rows()
        .transform_filter(alt.datum.split == kind + field)
        .encode(x="epoch:Q", color=alt.value(QUIET))
        for kind in (BEGAN, WORSE)
    )
    # The text stands on the side with more room.
    is_late = f"datum.epoch > {epochs / 2}"
    words = {"text": alt.value("overfitting began"), "y": alt.value(10)}
    stretch = {"x2": "until:Q", **toolkit.TOP_TO_BOTTOM}
    return [
        since.mark_rect(opacity=0.14, clip=True).encode(**stretch),
        began.mark_rect(opacity=0.3, clip=True).encode(**stretch),
        began.transform_filter(f"!({is_late})").mark_text(align="left", dx=4).encode(**words),
        began.transform_filter(is_late).mark_text(align="right", dx=-4).encode(**words),
    ]


def _curves(base: alt.Chart, field: str) -> list[alt.Chart]:
    training = base.transform_filter(alt.datum.split == TRAINING)
    validation = base.transform_filter(alt.datum.split == VALIDATION)
    best = base.transform_filter(alt.datum.best)
    return [
        training.mark_line(strokeWidth=1.5, clip=True),
        validation.mark_line(strokeWidth=2.5, clip=True),
        # Points distinguish validation from training without colour.
        validation.mark_point(filled=True, size=34, opacity=1, clip=True),
        best.mark_point(size=150, strokeWidth=2, opacity=1, shape="diamond"),
        # Below the accuracy curve, which ends near the legend; above the loss curve.
        best.mark_text(dy=20 if field == "accuracy" else -14, fontWeight="bold").encode(
            text=alt.value("best")
        ),
    ]


def _hover(base: alt.Chart, field: str, title: str, write: toolkit.Write) -> list[alt.Chart]:
    near = toolkit.nearest(f"near_{field}", ["epoch"])
    points = base.transform_filter(f"datum.tooltip && isValid(datum.{field})").transform_calculate(
        written=f"{write(field)} + (isValid(datum.{field}_margin) ? "
        f"' ± ' + {write(f'{field}_margin')} + ' (95% CI)' : '')"
    )
    tooltip = [
        alt.Tooltip("split:N", title="Images"),
        alt.Tooltip("epoch:Q", title="Epoch", format=".2f"),
        alt.Tooltip("written:N", title=title),
    ]
    return [toolkit.hover_layer(points, near, tooltip), toolkit.hover_rule(points, near)]
