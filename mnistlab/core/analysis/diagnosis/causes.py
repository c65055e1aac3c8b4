"""Causes of a run's trouble: which single change of its settings would help.

The likely outcome of each remedy is predicted from the run's settings and curves by networks that
were fitted to thousands of small runs, each trained as it was drawn and with each remedy alone
(`outlook.py`). What is found so is a suspicion; a proof is a run with that one change.
`python -m benchmarks causes` measures on settings that nobody chose how often it is right.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mnistlab.core.analysis.diagnosis.convergence import Convergence
from mnistlab.core.analysis.diagnosis.features import find_unfitted
from mnistlab.core.analysis.diagnosis.outlook import Outlook, predict_outlooks
from mnistlab.core.analysis.diagnosis.remedies import REMEDIES, CauseKind, alternatives
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History

_MOST = 2
"""Causes that are named; the first two are right more often than a third is."""

_HELPS, _LIKELY = 0.004, 0.55
"""A cause is named if its remedy is this likely to gain so much accuracy, about what chance
explains on 5,000 images. Of five parts of the choosing trials, each judged by networks that were
fitted to the others, 0.10 causes were named in vain for each run; with 0.6, 0.08."""

_TROUBLE, _TROUBLE_LIKELY = 0.04, 0.3
"""A run is in trouble if any remedy is this likely to gain so much. Of 22 healthy runs of the
choosing seeds none was accused; with two points eight were, as of more images for 1.9."""


@dataclass(frozen=True)
class Cause:
    """A suspected cause, and the remedy by which it may be tested.

    Attributes:
        kind: What may be wrong.
        remedy: The name of the change that is expected to help most.
        outlook: What is expected of it.
    """

    kind: CauseKind
    remedy: str
    outlook: Outlook

    @property
    def chance(self) -> float:
        """How likely its remedy helps at all, from 0 to 1."""
        return self.outlook.chance_to_gain(_HELPS)


def name_causes(suspects: Sequence[Cause]) -> list[Cause]:
    """Return those of `rank_suspects` that are named; of a run without trouble none."""
    if not any(each.outlook.chance_to_gain(_TROUBLE) >= _TROUBLE_LIKELY for each in suspects):
        return []
    return [each for each in suspects if each.chance >= _LIKELY][:_MOST]


def rank_suspects(config: RunConfig, history: History, convergence: Convergence) -> list[Cause]:
    """Return one remedy for each kind of cause that its settings allow, best expected first.

    None without probes, and without validation images, by which outcomes are predicted and
    tests judged; nor with a choice that the networks were not fitted to.
    """
    if not history.probes or not config.validation_images or find_unfitted(config):
        return []
    outlooks = predict_outlooks(config, history, convergence, alternatives(config))
    best: dict[CauseKind, Cause] = {}
    for name, outlook in sorted(outlooks.items(), key=lambda item: -item[1].gain):
        kind = REMEDIES[name].kind
        best.setdefault(kind, Cause(kind, name, outlook))
    return list(best.values())
