"""What is to be said of a run: how its loss moves, what is seen inside, what may be wrong."""

from dataclasses import dataclass

from mnistlab.core.analysis.diagnosis.causes import Cause, find_causes
from mnistlab.core.analysis.diagnosis.convergence import find_convergence
from mnistlab.core.analysis.diagnosis.evidence import Evidence
from mnistlab.core.analysis.diagnosis.signs import Sign, find_signs
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History


@dataclass(frozen=True)
class Diagnosis:
    """What is to be said of a run so far.

    Attributes:
        evidence: Its figures, with the state of its loss.
        signs: What is seen inside its network; none without trouble.
        causes: What is suspected, the most important first; none without trouble.
    """

    evidence: Evidence
    signs: tuple[Sign, ...]
    causes: tuple[Cause, ...]


def diagnose(config: RunConfig, history: History) -> Diagnosis:
    """Return what is to be said of a run so far."""
    convergence = find_convergence(config, history)
    return Diagnosis(
        Evidence(config, history, convergence),
        tuple(find_signs(config, history, convergence)),
        tuple(find_causes(config, history, convergence)),
    )
