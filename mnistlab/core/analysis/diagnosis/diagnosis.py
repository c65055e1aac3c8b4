"""What is to be said of a run: how its loss moves, what is seen inside, what may be wrong."""

from dataclasses import dataclass
from functools import cached_property

from mnistlab.core.analysis.diagnosis.causes import Cause, name_causes, rank_suspects
from mnistlab.core.analysis.diagnosis.convergence import State, find_convergence
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
    """

    evidence: Evidence
    signs: tuple[Sign, ...]

    @cached_property
    def suspects(self) -> tuple[Cause, ...]:
        """What each kind of change would bring, the best first: worked out when it is asked for."""
        evidence = self.evidence
        return tuple(rank_suspects(evidence.config, evidence.history, evidence.convergence))

    @property
    def causes(self) -> tuple[Cause, ...]:
        """What is suspected, the most important first; none without a trend or trouble."""
        if self.evidence.state is State.UNKNOWN:
            return ()
        return tuple(name_causes(self.suspects))


def diagnose(config: RunConfig, history: History) -> Diagnosis:
    """Return what is to be said of a run so far."""
    convergence = find_convergence(config, history)
    return Diagnosis(
        Evidence(config, history, convergence),
        tuple(find_signs(config, history, convergence)),
    )
