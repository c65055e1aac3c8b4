"""Experiments on training images: their number and their labels."""

from mnistlab.core.analysis.curves import Axis
from mnistlab.core.experiments.experiment import Experiment, Outcomes
from mnistlab.core.experiments.judging import find_bin
from mnistlab.core.experiments.outcome import CHANCE, Outcome
from mnistlab.core.experiments.sentences import best_epoch, both_splits, score
from mnistlab.core.experiments.settings import PLAIN, vary
from mnistlab.core.formatting import listed, percent

_AMOUNTS = vary(
    PLAIN,
    {
        f"{images:,}": {"training_images": images, "batch_size": 50, "epochs": epochs}
        # Epochs such that most runs take about as many steps, some 1,000 to 2,000.
        for images, epochs in ((200, 100), (1_000, 50), (5_000, 12), (20_000, 4), (55_000, 2))
    },
)
_SHARES = {"half": 0.5, "some": 0.7, "most": 0.9, "nearly_all": 1.0}


def _answer_amounts(outcomes: Outcomes) -> frozenset[str]:
    return find_bin(outcomes["200"].accuracy, _SHARES)


def _explain_amounts(outcomes: Outcomes) -> list[str]:
    few, *_, many = outcomes.values()
    amounts = [f"{score(outcome)} from {outcome.label}" for outcome in outcomes.values()]
    said = [f"Validation accuracy at the best epoch: {listed(amounts)}."]
    if few.training_accuracy > few.accuracy:
        said.append(
            f"At the end, the network trained on 200 got {both_splits(few)} right. It fits its own "
            "examples, about 20 per digit, but what distinguishes them is not all that "
            "distinguishes digits."
        )
    if many.accuracy > few.accuracy:
        said.append(
            f"The one trained on {many.label} reached {both_splits(many)}, in only "
            f"{many.last.epoch} epochs. When there are many ways to write a 7, it pays to learn "
            "what they have in common. Of MNIST's 60,000 training images, 5,000 are kept for "
            "validation, so 55,000 is the maximum here."
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
_MEMORIZED = 0.9
"""Training accuracy from which images with wrong labels count as memorized."""


def _answer_shuffled(outcomes: Outcomes) -> frozenset[str]:
    shuffled = outcomes["All shuffled"]
    if shuffled.last_accuracy >= CHANCE:
        return frozenset({"reads"})
    return frozenset({"by_heart" if shuffled.training_accuracy >= _MEMORIZED else "nothing"})


def _explain_shuffled(outcomes: Outcomes) -> list[str]:
    true, half, shuffled = outcomes.values()
    said = [
        f"After {shuffled.last.epoch} epochs with all labels shuffled, the network got "
        f"{both_splits(shuffled)} right; with true labels {both_splits(true)}."
    ]
    if _answer_shuffled(outcomes) == {"by_heart"}:
        said.append(
            "Randomly assigned labels follow no rule. The network has "
            f"{true.config.parameter_count:,} parameters for 2,000 images, so it can memorize each "
            "one, like a telephone number. That doesn't help with new images: guessing is right "
            "for one in ten."
        )
    said.append(
        f"With half of the labels shuffled, validation accuracy was {score(half)} at its best "
        f"epoch, {best_epoch(half)}, and {percent(half.last_accuracy)} at the end. "
        + _order_of_learning(half)
    )
    if all(outcome.training_accuracy >= _MEMORIZED for outcome in outcomes.values()):
        said.append("So training accuracy alone proves nothing: it is high in all three.")
    return said


def _order_of_learning(half: Outcome) -> str:
    if half.last_accuracy >= half.accuracy:
        return "The wrong half did not stop it from learning more and more of the true rule."
    return "First it learned what many images have in common; then it memorized the exceptions."


EXPERIMENTS = {
    "training_images": Experiment(
        "Training images",
        "A network learns from only 200 images, about 20 of each digit. How many unseen digits "
        "does it get right?",
        "In practice, labelled images are often what costs most.",
        "Training images",
        _AMOUNTS,
        {
            "half": "Fewer than 50%",
            "some": "50–70%",
            "most": "70–90%",
            "nearly_all": "More than 90%",
        },
        _answer_amounts,
        _explain_amounts,
        axis=Axis.STEP,
    ),
    "shuffled_labels": Experiment(
        "Shuffled labels",
        "The labels of all training images are swapped at random: a 3 may be labelled 8. What "
        "does the network learn in 30 epochs?",
        "It shows what a high training accuracy is worth.",
        "Labels",
        _SHUFFLED,
        {
            "nothing": "Nothing at all",
            "by_heart": "It memorizes the training images and only guesses unseen ones",
            "reads": "To recognize unseen digits, but less well",
        },
        _answer_shuffled,
        _explain_shuffled,
    ),
}
