"""Experiments on how a network learns: learning rate, optimizer, batch size."""

import operator

from mnistlab.core.experiments.experiment import (
    Claim,
    ClaimVerdict,
    Experiment,
    Judgement,
    Outcomes,
)
from mnistlab.core.experiments.judging import VERDICTS, PairResult, best, best_keys, order
from mnistlab.core.experiments.outcome import Outcome
from mnistlab.core.experiments.sentences import fall, score, scores, winner
from mnistlab.core.experiments.settings import SGD, same, vary
from mnistlab.core.formatting import listed, loss

_RATES = vary(
    SGD,
    {
        text: {"learning_rate": float(text), "training_images": 20_000}
        for text in ("0.0001", "0.001", "0.01", "0.1", "1", "10", "100")
    },
)


def _too_slow(outcomes: Outcomes) -> list[Outcome]:
    """Return the runs below the best rates whose validation loss fell."""
    lowest = min(outcome.config.learning_rate for outcome in best(outcomes))
    return [
        outcome
        for outcome in outcomes.values()
        if outcome.config.learning_rate < lowest
        and _validation_loss(outcome, -1) < _validation_loss(outcome, 0)
    ]


def _validation_loss(outcome: Outcome, place: int) -> float:
    return outcome.history.epochs[place].validation_loss or 0.0


def _overshooting(outcomes: Outcomes) -> list[Outcome]:
    """Return the runs above the best rates that diverged or hardly learned."""
    highest = max(outcome.config.learning_rate for outcome in best(outcomes))
    above = [each for each in outcomes.values() if each.config.learning_rate > highest]
    return [outcome for outcome in above if outcome.has_diverged or outcome.is_guessing]


def _end(outcome: Outcome) -> str:
    if outcome.has_diverged:
        return f"{outcome.label} diverged (its loss became infinite or NaN)"
    return f"{outcome.label} ended at a training loss of {loss(outcome.training_loss)}"


def _explain_rates(outcomes: Outcomes) -> list[str]:
    level = best(outcomes)
    said = [winner(level, "a learning rate of {}")]
    slow, wild = _too_slow(outcomes), _overshooting(outcomes)
    if slow:
        first = slow[0]
        said.append(
            f"Too small: with {first.label} validation loss fell only {fall(first)} in "
            f"{first.last.step:,} steps. Each step goes the right way, but it would take far more "
            "of them."
        )
    if wild:
        said.append(
            f"Too big: {listed([_end(outcome) for outcome in wild])}. For comparison: giving every "
            "digit 10% means a loss of 2.30. Each step jumps across the valley it aims for and "
            "lands on the other side, as high as before or higher."
        )
    return said


def _judge_rates(outcomes: Outcomes) -> Judgement:
    slow, wild = _too_slow(outcomes), _overshooting(outcomes)
    if slow and wild:
        return Judgement(
            ClaimVerdict.HOLDS,
            f"Still improving: {scores(slow)}. At chance level or diverged: {scores(wild)}.",
        )
    return Judgement(ClaimVerdict.FAILS, f"Measured: {scores([*outcomes.values()])}.")


_OPTIMIZERS = vary(
    SGD,
    {
        "SGD 0.01": {"learning_rate": 0.01},
        "SGD 0.1": {},
        "Momentum 0.01": {"learning_rate": 0.01, "momentum": 0.9},
        "RMSprop 0.001": {"optimizer": "rmsprop", "learning_rate": 0.001},
        "Adam 0.001": {"optimizer": "adam", "learning_rate": 0.001},
        "Muon 0.001": {"optimizer": "muon", "learning_rate": 0.001},
    },
)
_ADAPTIVE = ("RMSprop 0.001", "Adam 0.001")


def _explain_optimizers(outcomes: Outcomes) -> list[str]:
    slow, fast = outcomes["SGD 0.01"], outcomes["Momentum 0.01"]
    said = [winner(best(outcomes))]
    if order(fast, slow) is PairResult.BETTER:
        said.append(
            f"Momentum alone, at the same learning rate of 0.01, raised SGD from {score(slow)} to "
            f"{score(fast)}: steps that keep pointing the same way add up to about ten times "
            "the size."
        )
    if _order_of_adaptive(outcomes) is PairResult.BETTER:
        said.append(
            "RMSprop and Adam scale the step of each weight separately. Weights whose gradients "
            "are always small, such as those of pixels at the edge, move as far as the others."
        )
    said += _explain_muon(outcomes["Muon 0.001"], outcomes["Adam 0.001"])
    said.append(
        "The same learning rate means different step sizes for different optimizers. So each one "
        "runs with a typical value here, and SGD with two."
    )
    return said


def _explain_muon(muon: Outcome, adam: Outcome) -> list[str]:
    if order(muon, adam) is not PairResult.BETTER:
        return []
    said = (
        "Gradients are large in a few directions and small in most. Muon makes the step of each "
        f"hidden layer's weights equally large in all of them: {scores([muon, adam])}."
    )
    if muon.history.seconds > adam.history.seconds:
        said += (
            f" But each step then takes longer: training took {muon.history.seconds:.1f} s with "
            f"Muon, and {adam.history.seconds:.1f} s with Adam."
        )
    return [said]


def _order_of_adaptive(outcomes: Outcomes) -> PairResult:
    """Compare the better of RMSprop and Adam with the better of plain SGD."""
    accuracy = operator.attrgetter("accuracy")
    adaptive = max((outcomes[label] for label in _ADAPTIVE), key=accuracy)
    plain = max((outcomes[f"SGD {rate}"] for rate in ("0.01", "0.1")), key=accuracy)
    return order(adaptive, plain)


def _judge_optimizers(outcomes: Outcomes) -> Judgement:
    shown = [outcomes[label] for label in ("SGD 0.01", "SGD 0.1", *_ADAPTIVE)]
    return Judgement(VERDICTS[_order_of_adaptive(outcomes)], f"Measured: {scores(shown)}.")


_BATCHES = vary(
    SGD,
    {
        f"{size:,}": {"batch_size": size, "training_images": 20_000, "epochs": 3}
        for size in (8, 64, 512, 4_096)
    },
)


def _explain_batches(outcomes: Outcomes) -> list[str]:
    level = best(outcomes)
    smallest, largest = outcomes["8"], outcomes["4,096"]
    said = [winner(level, "a batch size of {}")]
    said.append(
        f"All trained on the same {smallest.config.training_images:,} images for equally many "
        f"epochs, but a batch gives one step: {smallest.last.step:,} steps with batches of 8, "
        f"{largest.last.step:,} with batches of 4,096."
    )
    if order(smallest, largest) is PairResult.BETTER:
        said.append(
            f"With so few steps of similar size, 4,096 did not get far: {score(largest)}. Its "
            "steps have a more exact direction, the mean over more images, but there are too few. "
            "It would need a higher learning rate or more epochs."
        )
    if smallest.history.seconds > largest.history.seconds:
        said.append(
            f"But small batches take longer: training took {smallest.history.seconds:.1f} s with "
            f"8, and {largest.history.seconds:.1f} s with 4,096. A computer processes many images "
            "at once faster than one after another."
        )
    return said


EXPERIMENTS = {
    "learning_rate": Experiment(
        "Learning rate",
        "Seven learning rates, each ten times the one before. Which one has the best validation "
        "accuracy after four epochs?",
        "No other setting makes or breaks a run as often.",
        "Learning rate",
        _RATES,
        same(_RATES),
        best_keys,
        _explain_rates,
        (
            Claim(
                "A learning rate that is too low takes too long; one that is too high overshoots "
                "and does not converge.",
                _judge_rates,
            ),
        ),
    ),
    "optimizers": Experiment(
        "Optimizers",
        "The same network, the same number of epochs: which optimizer gets furthest?",
        "All move the weights downhill; they differ in the size and direction of their steps.",
        "Optimizer, learning rate",
        _OPTIMIZERS,
        same(_OPTIMIZERS),
        best_keys,
        _explain_optimizers,
        (
            Claim(
                "SGD is simple and quick; Adam and RMSprop may do better (not tried).",
                _judge_optimizers,
            ),
        ),
    ),
    "batch_size": Experiment(
        "Batch size",
        "Three epochs at one learning rate. Which batch size has the best validation accuracy?",
        "The batch size is the number of images used for one update of the weights.",
        "Batch size",
        _BATCHES,
        same(_BATCHES),
        best_keys,
        _explain_batches,
    ),
}
