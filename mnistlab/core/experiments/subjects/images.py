"""Experiments on what a network learns from: how many images, with which labels."""

from mnistlab.core.analysis.curves import Axis
from mnistlab.core.experiments.experiment import Experiment, Outcomes
from mnistlab.core.experiments.judging import find_bin
from mnistlab.core.experiments.outcome import CHANCE, Outcome
from mnistlab.core.experiments.sentences import both_splits, score
from mnistlab.core.experiments.settings import PLAIN, vary
from mnistlab.core.formatting import listed, percent

_AMOUNTS = vary(
    PLAIN,
    {
        f"{images:,}": {"training_images": images, "batch_size": 50, "epochs": epochs}
        # Epochs such that most runs take about as many corrections, some 1,000 to 2,000.
        for images, epochs in ((200, 100), (1_000, 50), (5_000, 12), (20_000, 4), (55_000, 2))
    },
)
_SHARES = {"half": 0.5, "some": 0.7, "most": 0.9, "nearly_all": 1.0}


def _answer_amounts(outcomes: Outcomes) -> frozenset[str]:
    return find_bin(outcomes["200"].accuracy, _SHARES)


def _explain_amounts(outcomes: Outcomes) -> list[str]:
    few, *_, many = outcomes.values()
    amounts = [f"{score(outcome)} from {outcome.label}" for outcome in outcomes.values()]
    said = [f"Of the validation images, read at the best epoch: {listed(amounts)}."]
    if few.training_accuracy > few.accuracy:
        said.append(
            f"In the end the network that saw 200 read {both_splits(few)}. It knows its own "
            "examples, about 20 for each digit, and what sets them apart is not all that sets "
            "digits apart."
        )
    if many.accuracy > few.accuracy:
        said.append(
            f"The one that saw {many.label} came to {both_splits(many)}, after looking at each "
            f"only {many.last.epoch} times: when there is always another way to write a 7, it "
            "pays to learn what they have in common. Of MNIST's 60,000 images 5,000 are held back "
            "to judge by, so that 55,000 are the most."
        )
    return said


_SHUFFLED = vary(
    PLAIN,
    {
        label: {
            "shuffled_labels": share,
            "training_images": 2_000,
            "batch_size": 50,
            "units": (256,),
            "epochs": 30,
        }
        for label, share in (("True labels", 0.0), ("Half shuffled", 0.5), ("All shuffled", 1.0))
    },
)
_BY_HEART = 0.9
"""Training accuracy above which images with wrong labels were learned by heart."""


def _answer_shuffled(outcomes: Outcomes) -> frozenset[str]:
    shuffled = outcomes["All shuffled"]
    if shuffled.last_accuracy >= CHANCE:
        return frozenset({"reads"})
    return frozenset({"by_heart" if shuffled.training_accuracy >= _BY_HEART else "nothing"})


def _explain_shuffled(outcomes: Outcomes) -> list[str]:
    true, half, shuffled = outcomes.values()
    said = [
        f"With all labels shuffled, after {shuffled.last.epoch} epochs, it read "
        f"{both_splits(shuffled)}; with the true labels {both_splits(true)}."
    ]
    if _answer_shuffled(outcomes) == {"by_heart"}:
        said.append(
            "There is nothing to understand in labels that were dealt out by chance. The network "
            f"has {true.config.parameter_count:,} parameters for 2,000 images, so it can remember "
            "each one, as one remembers telephone numbers, and of new images it knows nothing: "
            "guessing is right for one in ten."
        )
    said.append(
        f"With half of the labels shuffled it read {score(half)} of the validation images at "
        f"epoch {_best_epoch(half)}, its best, and {percent(half.last_accuracy)} at the end. "
        + _order_of_learning(half)
    )
    if all(outcome.training_accuracy >= _BY_HEART for outcome in outcomes.values()):
        said.append("So training accuracy alone proves nothing: it is high in all three.")
    return said


def _best_epoch(outcome: Outcome) -> int:
    best = outcome.history.best_epoch
    return best.epoch if best else 0


def _order_of_learning(half: Outcome) -> str:
    if half.last_accuracy >= half.accuracy:
        return "The wrong half did not keep it from learning more and more of the true rule."
    return "First it learned what many images have in common, then the exceptions, by heart."


EXPERIMENTS = {
    "training_images": Experiment(
        "Training images",
        "A network learns from 200 images only, about 20 of each digit. How many unseen digits "
        "does it read?",
        "Images with labels are what costs most in practice.",
        "Training images",
        _AMOUNTS,
        {
            "half": "Fewer than 50 %",
            "some": "50 to 70 %",
            "most": "70 to 90 %",
            "nearly_all": "More than 90 %",
        },
        _answer_amounts,
        _explain_amounts,
        axis=Axis.STEP,
    ),
    "shuffled_labels": Experiment(
        "Shuffled labels",
        "All labels of the training images are dealt out anew at random: a 3 may be called 8. What "
        "does the network learn in 30 epochs?",
        "It shows what a high training accuracy is worth.",
        "Labels",
        _SHUFFLED,
        {
            "nothing": "Nothing at all",
            "by_heart": "The training images by heart, but unseen ones it can only guess",
            "reads": "To read unseen digits, if worse",
        },
        _answer_shuffled,
        _explain_shuffled,
    ),
}
