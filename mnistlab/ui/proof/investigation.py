"""A run in trouble, and the tests of what may be wrong with it, at one moment."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from mnistlab.core.analysis.diagnosis.causes import Cause
from mnistlab.core.analysis.diagnosis.diagnosis import Diagnosis, diagnose
from mnistlab.core.analysis.diagnosis.features import find_unfitted
from mnistlab.core.analysis.diagnosis.outlook import Outlook
from mnistlab.core.analysis.diagnosis.proof import (
    WELL,
    Finding,
    find,
    is_settled,
    is_worth_testing,
    order_tests,
)
from mnistlab.core.analysis.paired import Gain, compare, compare_unpaired
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import DIGITS, RunConfig
from mnistlab.core.training.per_image import ImageScores
from mnistlab.store import RunRecord
from mnistlab.ui.live.snapshot import ended_history
from mnistlab.ui.services import get_services


@dataclass(frozen=True)
class Investigation:
    """What is suspected of a run that has ended, what was tested, and what that showed.

    Attributes:
        record: The run.
        diagnosis: What its curves say.
        outlooks: What is expected of each remedy, the most promising first.
        tests: Its test runs by remedy, those that were started first before the others.
        gains: How much better each test that has an answer is than the run.
    """

    record: RunRecord
    diagnosis: Diagnosis
    outlooks: Mapping[str, Outlook]
    tests: Mapping[str, RunRecord]
    gains: Mapping[str, Gain]

    @property
    def active(self) -> list[RunRecord]:
        """The tests that are queued or under way."""
        return [test for test in self.tests.values() if test.status.is_active]

    @functools.cached_property
    def is_settled(self) -> bool:
        """Whether the tests so far answer why."""
        return bool(self.gains) and is_settled(self.outlooks, self.gains)

    @property
    def left(self) -> list[str]:
        """The remedies that have no test yet, unless the answer is known without one."""
        if self.is_settled:
            return []
        begun = {*self.gains, *(test.remedy for test in self.active)}
        return [remedy for remedy in self.outlooks if remedy not in begun]

    @property
    def is_worth_showing(self) -> bool:
        """Whether there is something to be said of causes, be it why none is suspected."""
        is_known = self.diagnosis.causes or self.tests or self.unfitted
        return bool(is_known) or is_worth_testing(self.outlooks)

    @property
    def unfitted(self) -> list[str]:
        """The settings because of which no cause is suspected of a run that did not go well."""
        is_well = accuracy_of(self.record) >= WELL and self.record.status is not RunStatus.DIVERGED
        return [] if is_well else find_unfitted(self.record.config)

    @property
    def superfluous(self) -> list[RunRecord]:
        """The active tests that were submitted before the answer came, which is now known."""
        if not self.is_settled:
            return []
        answered = [self.tests[remedy] for remedy in self.gains]
        came = max(test.created_at + timedelta(seconds=test.seconds) for test in answered)
        return [test for test in self.active if test.created_at <= came]

    @property
    def suspected(self) -> dict[str, Cause]:
        """The causes that are named and not tested, by their remedies."""
        causes = {cause.remedy: cause for cause in self.diagnosis.causes}
        return {name: cause for name, cause in causes.items() if name not in self.gains}

    @property
    def answered(self) -> list[str]:
        """The remedies whose tests have an answer, the best first."""
        return sorted(self.gains, key=lambda name: -self.gains[name].accuracy)

    @property
    def proven(self) -> list[str]:
        """The remedies whose tests prove a cause."""
        return [name for name in self.answered if self.finding(name) is Finding.CAUSE]

    def finding(self, remedy: str) -> Finding:
        """Return what the test of a remedy shows, while others may be under way."""
        found = find(remedy, self.gains)
        is_open = self.active and not self.is_settled
        return Finding.LEADS if found is Finding.CAUSE and is_open else found


def investigate(record: RunRecord) -> Investigation:
    """Return what is known of a run that has ended."""
    diagnosis = _diagnosis(record.id, record.config, record.seconds)
    outlooks = {cause.remedy: cause.outlook for cause in diagnosis.suspects}
    tests = {t.remedy: t for t in reversed(get_services().store.tests(record.id)) if t.remedy}
    return Investigation(
        record,
        diagnosis,
        {remedy: outlooks[remedy] for remedy in order_tests(outlooks)},
        tests,
        {name: _gain(test, record) for name, test in tests.items() if _has_answer(test)},
    )


def is_testing(record: RunRecord) -> bool:
    """Return whether a test of a run is queued or under way."""
    return any(test.status.is_active for test in get_services().store.tests(record.id))


# A page looks at it every second while tests are under way, and the run has ended.
@functools.lru_cache(maxsize=120)
def _diagnosis(run_id: str, config: RunConfig, seconds: float) -> Diagnosis:
    return diagnose(config, ended_history(run_id, seconds))


def _has_answer(test: RunRecord) -> bool:
    return test.status in (RunStatus.FINISHED, RunStatus.DIVERGED)


def _gain(test: RunRecord, record: RunRecord) -> Gain:
    one, other = (_scores(run.id, run.seconds) for run in (test, record))
    if one is not None and other is not None:
        return compare(one, other)
    images = record.config.validation_images
    return compare_unpaired(accuracy_of(test), images, accuracy_of(record), images)


def accuracy_of(run: RunRecord) -> float:
    """Return what a run reached; one that diverged in its first epoch is as good as a guess."""
    return 1 / DIGITS if run.validation_accuracy is None else run.validation_accuracy


# About 15 kB each; a class of thirty tests a dozen changes each.
@functools.lru_cache(maxsize=400)
def _scores(run_id: str, seconds: float) -> ImageScores | None:
    """Read the figures of single images; `seconds` changes when a run is trained again."""
    return get_services().store.validation_scores(run_id)
