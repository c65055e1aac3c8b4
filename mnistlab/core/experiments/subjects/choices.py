"""Experiments on comparisons: of seeds, and of two choices of settings."""

from mnistlab.core.experiments.experiment import (
    Claim,
    ClaimVerdict,
    Experiment,
    Judgement,
    Outcomes,
)
from mnistlab.core.experiments.judging import PairResult, best, find_bin, order
from mnistlab.core.experiments.sentences import score, scores
from mnistlab.core.experiments.settings import NOTEBOOK, OURS, PLAIN, vary
from mnistlab.core.formatting import percent
from mnistlab.core.settings.presets import PRESETS

_SEEDS = vary(PLAIN, {f"Seed {seed}": {"seed": seed, "epochs": 3} for seed in range(5)})
_SPREADS = {"tiny": 0.001, "small": 0.02, "large": 0.1, "huge": 1.0}


def _range(outcomes: Outcomes) -> tuple[float, float]:
    accuracies = [outcome.accuracy for outcome in outcomes.values()]
    return min(accuracies), max(accuracies)


def _answer_seeds(outcomes: Outcomes) -> frozenset[str]:
    lowest, highest = _range(outcomes)
    return find_bin(highest - lowest, _SPREADS)


def _explain_seeds(outcomes: Outcomes) -> list[str]:
    lowest, highest = _range(outcomes)
    interval = outcomes["Seed 0"].interval
    return [
        f"Validation accuracy ranges from {percent(lowest)} to {percent(highest)}: a gap of "
        f"{100 * (highest - lowest):.2f} percentage points, although all settings are the same.",
        "The seed decides the weights before the first step and the order of the images. Each seed "
        "leads to another network; none of the settings was better or worse.",
        f"So a gap of {100 * (highest - lowest):.1f} percentage points between two settings, each "
        "tried once, may be luck. Another kind of luck is in the images: 5,000 others of the "
        f"same kind could put the first run anywhere from {percent(interval.low)} to "
        f"{percent(interval.high)}. Train several seeds before you believe a small difference.",
    ]


_CHOICES = (
    *vary(
        NOTEBOOK,
        {"Notebook": {}, "Notebook, 10 × learning rate": {"learning_rate": 0.1}},
    ),
    *vary(OURS, {"Defaults": {}, "Defaults, no dropout": {"dropout": 0.0}}),
)
_OWN_ACCURACY = PRESETS["notebook"].reference_accuracy
_LEADS = {"little": 0.02, "clear": 0.05, "far": 1.0}


def _answer_choices(outcomes: Outcomes) -> frozenset[str]:
    notebook, _, ours, _ = outcomes.values()
    if order(ours, notebook) is not PairResult.BETTER:
        return frozenset({"level"})
    return find_bin(ours.accuracy - notebook.accuracy, _LEADS)


def _explain_choices(outcomes: Outcomes) -> list[str]:
    notebook, faster, ours, plain = outcomes.values()
    lead = 100 * (ours.accuracy - notebook.accuracy)
    said = [
        f"In {ours.last.epoch} epochs the notebook's settings reached a validation accuracy of "
        f"{score(notebook)}, the defaults here {score(ours)}: {abs(lead):.1f} percentage points "
        f"{'more' if lead > 0 else 'less'}."
    ]
    if order(faster, notebook) is PairResult.BETTER:
        share = (faster.accuracy - notebook.accuracy) / (
            best(outcomes)[0].accuracy - notebook.accuracy
        )
        said.append(
            f"With ten times the learning rate it reaches {score(faster)}, {percent(share, 0)} of "
            "the way to the best of these. Nothing else changed, so the notebook's network is not "
            "too small; its steps are. The notebook itself reached a test accuracy of "
            f"{percent(_OWN_ACCURACY)} in 20 epochs."
        )
    if order(plain, ours) is not PairResult.WORSE:
        said.append(
            f"Without dropout the defaults reach {score(plain)}: runs this short overfit little, "
            "so dropout has little to prevent. See the experiment Against overfitting."
        )
    return said


def _judge_pace(outcomes: Outcomes) -> Judgement:
    notebook, faster, ours, _ = outcomes.values()
    differ = [each for each in (faster, ours) if order(each, notebook) is not PairResult.LEVEL]
    return Judgement(
        ClaimVerdict.HOLDS if differ else ClaimVerdict.UNKNOWN,
        "The same network and images, other learning rates and optimizers: "
        f"{scores([notebook, faster, ours])} after equally many epochs. For size and data, see "
        "the experiments Width and Training images.",
    )


EXPERIMENTS = {
    "luck": Experiment(
        "Luck",
        "Five runs have the same settings but different seeds. How far apart are their validation "
        "accuracies?",
        "To compare two runs you must know what chance alone does.",
        "Seed",
        _SEEDS,
        {
            "tiny": "Less than 0.1 percentage points",
            "small": "0.1–2 percentage points",
            "large": "2–10 percentage points",
            "huge": "More than 10 percentage points",
        },
        _answer_seeds,
        _explain_seeds,
    ),
    "notebook": Experiment(
        "Notebook settings and defaults",
        "Both train four epochs on the same 20,000 images, with networks of the same size. How far "
        "ahead are the default optimizer, learning rate and schedule?",
        "The project started from this notebook, whose settings were chosen without measuring.",
        "Settings",
        _CHOICES,
        {
            "level": "Not at all",
            "little": "By less than 2 percentage points",
            "clear": "By 2–5 percentage points",
            "far": "By more than 5 percentage points",
        },
        _answer_choices,
        _explain_choices,
        (
            Claim(
                "Learning rate, optimizer, size and data decide how fast the network converges.",
                _judge_pace,
            ),
        ),
    ),
}
