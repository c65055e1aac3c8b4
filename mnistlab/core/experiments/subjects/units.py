"""Experiments on the units of a network: where they start, what they do, how many there are."""

from mnistlab.core.experiments.experiment import (
    Claim,
    Experiment,
    Judgement,
    Outcomes,
    Verdict,
    key_of,
)
from mnistlab.core.experiments.judging import Order, best, best_keys, order
from mnistlab.core.experiments.outcome import Outcome
from mnistlab.core.experiments.sentences import score, scores, winner
from mnistlab.core.experiments.settings import PLAIN, same, vary
from mnistlab.core.formatting import loss, percent

_STARTS = vary(
    PLAIN,
    {
        "ReLU, random": {},
        "ReLU, zeros": {"initialisation": "zeros"},
        "Sigmoid, random": {"activation": "sigmoid"},
        "Sigmoid, zeros": {"activation": "sigmoid", "initialisation": "zeros"},
    },
)


def _answer_starts(outcomes: Outcomes) -> frozenset[str]:
    zeros, random = outcomes["ReLU, zeros"], outcomes["ReLU, random"]
    if zeros.is_guessing:
        return frozenset({"guesses"})
    return frozenset({"less" if order(zeros, random) is Order.WORSE else "as_much"})


def _explain_starts(outcomes: Outcomes) -> list[str]:
    relu, sigmoid = outcomes["ReLU, zeros"], outcomes["Sigmoid, zeros"]
    said = [f"Read right of the validation images: {scores([*outcomes.values()])}."]
    if relu.is_guessing:
        said.append(
            "With ReLU and all weights zero, every unit gives zero, whatever the image. A weight's "
            "correction is a product of what comes in and what is wanted behind it: both are zero, "
            "so no weight ever moves. Only the ten output biases learn how frequent each digit is: "
            f"the training loss stays at {loss(relu.training_loss)}, guessing costs 2.30."
        )
    if order(sigmoid, outcomes["Sigmoid, random"]) is Order.WORSE:
        said.append(
            "A sigmoid unit gives 0.5 instead of zero, so that something can be learned. But all "
            "128 units of a layer start alike, get the same corrections and stay copies of each "
            "other: the layer is worth a single unit. Random weights break this symmetry."
        )
    return said


_ACTIVATIONS = vary(
    PLAIN,
    {
        "ReLU": {},
        "GELU": {"activation": "gelu"},
        "tanh": {"activation": "tanh"},
        "Sigmoid": {"activation": "sigmoid"},
    },
)


def _explain_activations(outcomes: Outcomes) -> list[str]:
    said = [winner(best(outcomes)), f"All four: {scores([*outcomes.values()])}."]
    if order(outcomes["Sigmoid"], outcomes["ReLU"]) is Order.WORSE:
        said.append(
            "A sigmoid lets through at most a quarter of each correction, and its outputs are all "
            "positive, so that the weights behind it are pushed up or down together. It learns "
            "too, but more slowly."
        )
    return said


def _judge_relu(outcomes: Outcomes) -> Judgement:
    verdicts = {
        Order.BETTER: Verdict.HOLDS,
        Order.LEVEL: Verdict.UNKNOWN,
        Order.WORSE: Verdict.FAILS,
    }
    relu, sigmoid = outcomes["ReLU"], outcomes["Sigmoid"]
    return Judgement(verdicts[order(relu, sigmoid)], f"Measured: {scores([relu, sigmoid])}.")


_WIDTHS = vary(
    PLAIN,
    {
        f"{width:,}": {
            "units": (width,),
            "batch_size": 128,
            "training_images": 20_000,
            "epochs": 3,
        }
        for width in (4, 16, 64, 256, 512, 1_024)
    },
)


def _narrowest(outcomes: Outcomes) -> Outcome:
    """Return the narrowest network that can't be told apart from the best."""
    return min(best(outcomes), key=lambda outcome: outcome.config.units)


def _answer_widths(outcomes: Outcomes) -> frozenset[str]:
    return frozenset({key_of(_narrowest(outcomes).label)})


def _explain_widths(outcomes: Outcomes) -> list[str]:
    enough, narrow, wide = _narrowest(outcomes), outcomes["4"], outcomes["1,024"]
    said = [winner(best(outcomes), "the network with {} units in each layer")]
    said.append(f"So {enough.label} units are as good as the best, as far as one can tell.")
    if order(narrow, wide) is Order.WORSE:
        said.append(
            f"Four units read {score(narrow)}: all that 784 pixels say has to pass through four "
            f"numbers. {_training_too(narrow)}"
        )
    said.append(
        f"1,024 units make {wide.config.parameter_count:,} parameters and took "
        f"{wide.history.seconds:.1f} s, 64 make {outcomes['64'].config.parameter_count:,} and "
        f"took {outcomes['64'].history.seconds:.1f} s."
    )
    return said


def _training_too(narrow: Outcome) -> str:
    trained = percent(narrow.training_accuracy)
    if narrow.training_accuracy < narrow.accuracy + 0.05:
        return f"It reads its own training images no better ({trained}): the sign of underfitting."
    return f"Of its own training images it reads {trained}."


def _judge_middle(outcomes: Outcomes) -> Judgement:
    middle, level = outcomes["512"], best(outcomes)
    if middle not in level:
        return Judgement(Verdict.FAILS, f"512 units read {score(middle)}; better: {scores(level)}.")
    others = [outcome for outcome in level if outcome is not middle]
    said = f"512 units read {score(middle)} of the validation images"
    if others:
        said += f", which can't be told apart from {scores(others)}"
    return Judgement(Verdict.HOLDS, f"{said}.")


EXPERIMENTS = {
    "zero_initialisation": Experiment(
        "All weights zero",
        "A ReLU network starts with all its weights at zero instead of small random numbers. "
        "What does it read after four epochs?",
        "Zero seems a fair start: no unit is preferred.",
        "Start",
        _STARTS,
        {
            "guesses": "It does little but guess",
            "less": "It reads, but worse than from a random start",
            "as_much": "It reads as well as from a random start",
        },
        _answer_starts,
        _explain_starts,
    ),
    "activation": Experiment(
        "Activations",
        "Four activations in the same network: which one reads best after four epochs?",
        "The activation decides what a unit does with the sum of its inputs.",
        "Activation",
        _ACTIVATIONS,
        same(_ACTIVATIONS),
        best_keys,
        _explain_activations,
        (Claim("ReLU rather than sigmoid, which is needlessly complex and dated.", _judge_relu),),
    ),
    "width": Experiment(
        "Width",
        "How many units does each of two hidden layers need to read as well as the best of these?",
        "More units can tell more patterns apart, and take longer.",
        "Units in each layer",
        _WIDTHS,
        same(_WIDTHS),
        _answer_widths,
        _explain_widths,
        (Claim("512 units are a good middle.", _judge_middle),),
    ),
}
