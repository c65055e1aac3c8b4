"""Whatever a run's record says, its sentences are short and have no number that is none."""

import re
from collections.abc import Iterable
from html import unescape

from hypothesis import given, settings
from hypothesis import strategies as st

from mnistlab.core.analysis.comparison import ComparedRun, group_by_seed
from mnistlab.core.analysis.diagnosis.causes import Cause
from mnistlab.core.analysis.diagnosis.convergence import find_convergence
from mnistlab.core.analysis.diagnosis.diagnosis import diagnose
from mnistlab.core.analysis.diagnosis.evidence import Evidence
from mnistlab.core.analysis.diagnosis.outlook import Outlook, logit
from mnistlab.core.analysis.diagnosis.overfitting import find_overfitting
from mnistlab.core.analysis.diagnosis.remedies import REMEDIES, alternatives
from mnistlab.core.analysis.diagnosis.signs import Sign, SignKind
from mnistlab.core.analysis.range_test import suggestion as range_test
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History, Measure
from mnistlab.ui.diagnosis import causes as cause_words
from mnistlab.ui.diagnosis import convergence as convergence_note
from mnistlab.ui.diagnosis import overfitting as overfitting_note
from mnistlab.ui.diagnosis import signs as sign_words
from mnistlab.ui.overlay import words as comparison_words
from mnistlab.ui.rate import words as rate_words
from tests.core.analysis.diagnosis.any_history import numbers, runs

MANY = settings(max_examples=60)


def check(texts: Iterable[str]) -> None:
    """Check that no word runs out of the page, and that numbers are numbers."""
    for text in texts:
        plain = re.sub(r"<[^>]+>", " ", unescape(text))
        # What a loss became where a run diverged is told by its name.
        words = plain.replace("infinite or NaN (not a number)", "").split()
        assert all(len(word) <= 24 for word in words), max(words, key=len)
        assert not {"nan", "inf", "-inf", "NaN"} & {word.strip("().,:") for word in words}
        assert not any(re.search(r"\d(nan|e[+-]\d)", word) for word in words), text


@MANY
@given(runs(), st.sampled_from([RunStatus.RUNNING, RunStatus.FINISHED]))
def test_of_convergence_and_its_causes(run: tuple[RunConfig, History], status: RunStatus) -> None:
    check([convergence_note.note(diagnose(*run), status)])


@MANY
@given(runs(), st.sampled_from(SignKind), numbers, numbers)
def test_of_any_sign(
    run: tuple[RunConfig, History], kind: SignKind, figure: float, compared: float
) -> None:
    words = sign_words.explain(Sign(kind, figure, compared, layer=1), run[0])
    check([words.headline, words.evidence])


@MANY
@given(runs(), st.data())
def test_of_any_cause(run: tuple[RunConfig, History], data: st.DataObject) -> None:
    config, history = run
    if not history.probes:
        return
    remedy = data.draw(st.sampled_from(sorted(alternatives(config))))
    cause = Cause(REMEDIES[remedy].kind, remedy, Outlook(0.8, (logit(0.9),), (0.1,)))
    evidence = Evidence(config, history, find_convergence(config, history))
    check(cause_words.explain(cause, evidence))


@MANY
@given(runs())
def test_of_overfitting(run: tuple[RunConfig, History]) -> None:
    config, history = run
    found = {m: find_overfitting(history, config.validation_images, m) for m in Measure}
    check([overfitting_note.notes(found)])


@MANY
@given(runs(), st.booleans())
def test_of_a_range_test(run: tuple[RunConfig, History], is_complete: bool) -> None:
    curve = range_test.read_curve(run[1])
    assert curve is not None
    found = range_test.suggest(curve, is_complete)
    check([rate_words.suggestion(found), rate_words.not_yet(curve)])


@MANY
@given(runs(), runs())
def test_of_a_comparison(run: tuple[RunConfig, History], other: tuple[RunConfig, History]) -> None:
    (config, history), (_, further) = run, other
    contestants = [ComparedRun("a", "a", config, history)]
    if config.validation_images == other[0].validation_images:
        contestants.append(ComparedRun("b", "b", RunConfig(**{**vars(config), "seed": 7}), further))
    for group in group_by_seed(contestants):
        check([comparison_words.accuracy(group), comparison_words.loss(group)])
