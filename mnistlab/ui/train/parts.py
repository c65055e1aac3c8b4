"""What of a run in view is replaced while it goes on: its status, numbers and verdicts."""

from collections.abc import Mapping

from markupsafe import Markup

from mnistlab.core.analysis.diagnosis.convergence import State
from mnistlab.core.analysis.diagnosis.diagnosis import diagnose
from mnistlab.core.analysis.diagnosis.overfitting import Finding, Unknown, find_overfitting
from mnistlab.core.training.history import Measure
from mnistlab.ui.charts.curve_rows import WHILE_TRAINING, curve_data
from mnistlab.ui.components.verdict.verdict import verdicts
from mnistlab.ui.diagnosis import convergence as convergence_note
from mnistlab.ui.diagnosis import overfitting as overfitting_note
from mnistlab.ui.live.parts import Parts, status_parts, to_rows
from mnistlab.ui.live.snapshot import RunSnapshot
from mnistlab.ui.train.numbers import numbers

_TOO_EARLY = Markup(
    '<p class="lab-note">Convergence and overfitting can be judged after a few epochs.</p>'
)


def train_words(run: RunSnapshot) -> Parts:
    """Return an active run's status, numbers and verdicts."""
    return {
        **status_parts(run),
        "numbers": numbers(run, None, None),
        "verdicts": describe(run, find_overfittings(run)),
    }


def train_charts(run: RunSnapshot, whole: bool) -> Parts:
    """Return the rows of an active run's charts; `whole` as in `curve_data`."""
    return {
        f"{measure}_chart": to_rows(
            curve_data(run.history, measure, finding, detail=WHILE_TRAINING, whole=whole)
        )
        for measure, finding in find_overfittings(run).items()
    }


def find_overfittings(run: RunSnapshot) -> dict[Measure, Finding]:
    """Return whether a run overfits, by each measure."""
    images = run.config.validation_images
    return {measure: find_overfitting(run.history, images, measure) for measure in Measure}


def describe(run: RunSnapshot, findings: Mapping[Measure, Finding]) -> Markup:
    """Return the verdicts, or one line while it is too early for any."""
    diagnosis = diagnose(run.config, run.history)
    is_early = diagnosis.evidence.state is State.UNKNOWN and not diagnosis.signs
    if is_early and all(finding is Unknown.EARLY for finding in findings.values()):
        return _TOO_EARLY
    sections = [convergence_note.note(diagnosis, run.status), overfitting_note.notes(findings)]
    return verdicts(sections, "run")
