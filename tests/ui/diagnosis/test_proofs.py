"""Sentences on what tests of single changes show."""

import dataclasses

import pytest

from mnistlab.core.analysis.diagnosis.proof import Finding
from mnistlab.core.analysis.paired import Gain
from mnistlab.core.settings.config import RunConfig
from mnistlab.ui.diagnosis.proofs import question, result, summary, title

BEFORE = RunConfig(learning_rate=0.01, epochs=6)
AFTER = dataclasses.replace(BEFORE, learning_rate=0.001)


@pytest.mark.parametrize(
    ("finding", "gain", "words"),
    [
        (
            Finding.CAUSE,
            Gain(0.518, 0.004),
            "With learning rate 0.001 instead of 0.01, 91.2% of the validation images instead of "
            "39.4%: 51.80 ± 0.78 percentage points (95% CI). That was it.",
        ),
        (Finding.HELPS, Gain(0.014, 0.004), "(95% CI). It helps a little."),
        (Finding.LEADS, Gain(0.1, 0.004), "The best so far."),
        (Finding.HELPS, Gain(0.1, 0.004, 0.3, 0.01), "It helps, but it is not what matters most"),
        (
            Finding.HELPS,
            Gain(-0.002, 0.002, 0.05, 0.01),
            "That may be chance, but the loss is lower by 0.050 ± 0.020: it helps a little.",
        ),
        (Finding.NOTHING, Gain(0.0, 0.0), "(95% CI). No difference: that was not it."),
        (Finding.NOTHING, Gain(0.003, 0.004), "Chance explains the difference: that was not it."),
        (Finding.NOTHING, Gain(0.014, 0.0067), "So little may be chance: not proven to help."),
        (Finding.WORSE, Gain(-0.1, 0.004), "Worse: that was not it."),
    ],
)
def test_a_result_has_its_numbers_and_its_meaning(finding: Finding, gain: Gain, words: str) -> None:
    assert words in result(finding, BEFORE, AFTER, 0.912, gain)


def test_a_title_tells_the_proven_from_the_ruled_out() -> None:
    assert [title(finding) for finding in Finding] == [
        "Proven cause",
        "Proven to help",
        "Proven to help",
        "Ruled out",
        "Ruled out",
    ]


def test_a_question_names_the_change() -> None:
    assert question(BEFORE, "epochs") == "The same run with 18 epochs instead of 6."


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((1, 1, 3, 0.4), "Tested 1 change, with the same seed and images."),
        ((1, 4, 3, 0.4), "Tested 4 changes, one at a time, with the same seed and images."),
        ((0, 2, 3, 0.97), "Tested 2 changes so far, none of which was it."),
        (
            (0, 8, 0, 0.4),
            "None of the 8 changes tested is enough alone. There may be several causes",
        ),
        (
            (0, 8, 0, 0.97),
            "Tested 8 changes. None gains 2 percentage points: no great fault is left.",
        ),
    ],
)
def test_a_summary_counts_what_was_tested(counts: tuple[int, int, int, float], words: str) -> None:
    assert summary(*counts).startswith(words)
