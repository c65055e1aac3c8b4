"""Experiments on what to believe: luck, and one choice of settings against another."""

from mnistlab.core.experiments.experiment import Claim, Experiment, Judgement, Outcomes, Verdict
from mnistlab.core.experiments.judging import Order, best, find_bin, order
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
        f"From {percent(lowest)} to {percent(highest)} of the validation images: "
        f"{100 * (highest - lowest):.2f} points apart, although all settings are the same.",
        "The seed decides where the weights start and in which order the images come. Each start "
        "leads to another network, and no setting was better or worse.",
        f"So a difference of {100 * (highest - lowest):.1f} points between two settings that were "
        "tried once each may be luck. Another kind of luck is in the images: 5,000 others of the "
        f"same kind could put the first run anywhere from {percent(interval.low)} to "
        f"{percent(interval.high)}. Train several seeds before you believe a small difference.",
    ]


_CHOICES = (
    *vary(
        NOTEBOOK,
        {"The notebook's choice": {}, "Its rate ten times as high": {"learning_rate": 0.1}},
    ),
    *vary(OURS, {"Our choice": {}, "Ours without dropout": {"dropout": 0.0}}),
)
_OWN_ACCURACY = PRESETS["notebook"].reference_accuracy
_LEADS = {"little": 0.02, "clear": 0.05, "far": 1.0}


def _answer_choices(outcomes: Outcomes) -> frozenset[str]:
    notebook, _, ours, _ = outcomes.values()
    if order(ours, notebook) is not Order.BETTER:
        return frozenset({"level"})
    return find_bin(ours.accuracy - notebook.accuracy, _LEADS)


def _explain_choices(outcomes: Outcomes) -> list[str]:
    notebook, faster, ours, plain = outcomes.values()
    lead = 100 * (ours.accuracy - notebook.accuracy)
    said = [
        f"After {ours.last.epoch} epochs the notebook's choice read {score(notebook)} of the "
        f"validation images, ours {score(ours)}: {abs(lead):.1f} points "
        f"{'more' if lead > 0 else 'less'}."
    ]
    if order(faster, notebook) is Order.BETTER:
        share = (faster.accuracy - notebook.accuracy) / (
            best(outcomes)[0].accuracy - notebook.accuracy
        )
        said.append(
            f"A rate ten times as high brings it to {score(faster)}, {percent(share, 0)} of the "
            "way to the best of these, with nothing else changed: the notebook's network is not "
            "too small, its steps are. In its own 20 epochs it came to "
            f"{percent(_OWN_ACCURACY)} of the test images."
        )
    if order(plain, ours) is not Order.WORSE:
        said.append(
            f"Without dropout our choice reads {score(plain)}: in runs this short there is little "
            "overfitting for dropout to hold back. What it is for, Against overfitting shows."
        )
    return said


def _judge_pace(outcomes: Outcomes) -> Judgement:
    notebook, faster, ours, _ = outcomes.values()
    differ = [each for each in (faster, ours) if order(each, notebook) is not Order.LEVEL]
    return Judgement(
        Verdict.HOLDS if differ else Verdict.UNKNOWN,
        "The same network and images, other rates and optimizers: "
        f"{scores([notebook, faster, ours])} after the same epochs. What size and data do, Width "
        "and Training images show.",
    )


EXPERIMENTS = {
    "luck": Experiment(
        "Luck",
        "Five runs with the very same settings but another seed. How far are their accuracies "
        "apart?",
        "Whoever compares two runs must know what chance alone does.",
        "Seed",
        _SEEDS,
        {
            "tiny": "Less than 0.1 points",
            "small": "0.1 to 2 points",
            "large": "2 to 10 points",
            "huge": "More than 10 points",
        },
        _answer_seeds,
        _explain_seeds,
    ),
    "notebook": Experiment(
        "The notebook's choice and ours",
        "Both see the same 20,000 images four times, with networks of the same size. How far ahead "
        "is our choice of optimizer, rate and schedule?",
        "The project began from this notebook, whose settings were chosen without a measurement.",
        "Choice",
        _CHOICES,
        {
            "level": "Not at all",
            "little": "By less than 2 points",
            "clear": "By 2 to 5 points",
            "far": "By more than 5 points",
        },
        _answer_choices,
        _explain_choices,
        (
            Claim(
                "Rate, optimizer, size and data decide how fast the network converges.",
                _judge_pace,
            ),
        ),
    ),
}
