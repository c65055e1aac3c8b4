"""Experiments on the units of a network: initial weights, activation, and their number."""

from mnistlab.core.experiments.experiment import (
    Claim,
    ClaimVerdict,
    Experiment,
    Judgement,
    Outcomes,
    key_of,
)
from mnistlab.core.experiments.judging import VERDICTS, PairResult, best, best_keys, order
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
    return frozenset({"less" if order(zeros, random) is PairResult.WORSE else "as_much"})


def _explain_starts(outcomes: Outcomes) -> list[str]:
    relu, sigmoid = outcomes["ReLU, zeros"], outcomes["Sigmoid, zeros"]
    said = [f"Validation accuracy: {scores([*outcomes.values()])}."]
    if relu.is_guessing:
        said.append(
            "With ReLU and all weights zero, every unit outputs zero for every image. A weight's "
            "gradient is its input times the error passed back; one of them is always zero, so no "
            "weight moves. Only the ten output biases learn how frequent each digit is. Training "
            f"loss stays at {loss(relu.training_loss)}; guessing means a loss of 2.30."
        )
    if order(sigmoid, outcomes["Sigmoid, random"]) is PairResult.WORSE:
        said.append(
            "A sigmoid unit outputs 0.5 instead of zero, so something can be learned. But all 128 "
            "units of a layer start identical and get identical gradients, so they stay identical: "
            "the layer acts as a single unit. Random weights break this symmetry."
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
    if order(outcomes["Sigmoid"], outcomes["ReLU"]) is PairResult.WORSE:
        said.append(
            "A sigmoid passes back at most a quarter of each gradient. Its outputs are all "
            "positive, so a unit's weights in the next layer are pushed up or down together. It "
            "learns too, but more slowly."
        )
    return said


def _judge_relu(outcomes: Outcomes) -> Judgement:
    relu, sigmoid = outcomes["ReLU"], outcomes["Sigmoid"]
    return Judgement(VERDICTS[order(relu, sigmoid)], f"Measured: {scores([relu, sigmoid])}.")


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
    """Return the narrowest network without a clear difference from the best."""
    return min(best(outcomes), key=lambda outcome: outcome.config.units)


def _answer_widths(outcomes: Outcomes) -> frozenset[str]:
    return frozenset({key_of(_narrowest(outcomes).label)})


def _explain_widths(outcomes: Outcomes) -> list[str]:
    enough, narrow, wide = _narrowest(outcomes), outcomes["4"], outcomes["1,024"]
    said = [winner(best(outcomes), "the network with {} units in each layer")]
    said.append(f"So {enough.label} units show no clear difference from the best.")
    if order(narrow, wide) is PairResult.WORSE:
        said.append(
            f"Four units reach {score(narrow)}: all information from 784 pixels has to pass "
            f"through four numbers. {_training_too(narrow)}"
        )
    said.append(
        f"1,024 units mean {wide.config.parameter_count:,} parameters and took "
        f"{wide.history.seconds:.1f} s; 64 mean {outcomes['64'].config.parameter_count:,} and "
        f"took {outcomes['64'].history.seconds:.1f} s."
    )
    return said


def _training_too(narrow: Outcome) -> str:
    trained = percent(narrow.training_accuracy)
    if narrow.training_accuracy < narrow.accuracy + 0.05:
        return f"It does no better on its own training images ({trained}): underfitting."
    return f"On its own training images it reaches {trained}."


def _judge_middle(outcomes: Outcomes) -> Judgement:
    middle, level = outcomes["512"], best(outcomes)
    if middle not in level:
        return Judgement(
            ClaimVerdict.FAILS, f"512 units reach {score(middle)}; better: {scores(level)}."
        )
    others = [outcome for outcome in level if outcome is not middle]
    said = f"512 units reach a validation accuracy of {score(middle)}"
    if others:
        said += f", with no clear difference from {scores(others)}"
    return Judgement(ClaimVerdict.HOLDS, f"{said}.")


EXPERIMENTS = {
    "zero_initialisation": Experiment(
        "All weights zero",
        "A ReLU network starts with all its weights at zero instead of small random numbers. "
        "How well does it do after four epochs?",
        "Zero seems a fair start: no unit has an advantage.",
        "Activation, initial weights",
        _STARTS,
        {
            "guesses": "It stays at chance level",
            "less": "It learns, but less well than from random weights",
            "as_much": "It does as well as from random weights",
        },
        _answer_starts,
        _explain_starts,
    ),
    "activation": Experiment(
        "Activation functions",
        "Four activation functions in the same network: which one has the best validation "
        "accuracy after four epochs?",
        "The activation function decides what a unit does with the weighted sum of its inputs.",
        "Activation function",
        _ACTIVATIONS,
        same(_ACTIVATIONS),
        best_keys,
        _explain_activations,
        (Claim("ReLU rather than sigmoid, which is needlessly complex and dated.", _judge_relu),),
    ),
    "width": Experiment(
        "Width",
        "How many units do two hidden layers need to match the best validation accuracy of these?",
        "More units can distinguish more patterns, but take longer.",
        "Units per layer",
        _WIDTHS,
        same(_WIDTHS),
        _answer_widths,
        _explain_widths,
        (Claim("512 units are a good middle.", _judge_middle),),
    ),
}
