"""What the Experiments page says of runs that go on."""

import re

from mnistlab.core.analysis.comparison import ComparedRun
from mnistlab.core.experiments.registry import EXPERIMENTS
from mnistlab.core.run import RunStatus
from mnistlab.engine.live import Wait
from mnistlab.ui.experiments.words import progress
from mnistlab.ui.live.snapshot import RunSnapshot
from tests.factories import outcome

ARM = EXPERIMENTS["luck"].arms[0]
HALF_WAY = outcome(ARM.label, ARM.config, 0.92).history.up_to(157)


def run(status: RunStatus, wait: Wait | None = None) -> tuple[str, RunSnapshot]:
    contestant = ComparedRun("1", ARM.label, ARM.config, HALF_WAY)
    return ARM.label, RunSnapshot(contestant, status, wait)


TRAINING = run(RunStatus.RUNNING)
WAITING = run(RunStatus.QUEUED, Wait(place=2, seconds=None, runs_before=2))


def test_of_one_run_it_is_told_how_far_it_is() -> None:
    said = re.sub("<.*?>", "", progress([TRAINING, WAITING], arms=5))
    assert said == "Training run 4 of 5: Seed 0, epoch 1 of 3"


def test_of_several_it_is_told_how_many_are_done() -> None:
    said = progress([TRAINING, TRAINING, WAITING], arms=5)
    assert said == "Training 2 runs at the same time, 2 of 5 done"


def test_of_those_that_wait_the_first_ones_place_is_told() -> None:
    assert "2" in progress([WAITING], arms=5)
