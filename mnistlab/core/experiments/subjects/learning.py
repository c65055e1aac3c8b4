"""Experiments on how a network learns: rate, optimizer, batch size, chance."""

from mnistlab.core.experiments.experiment import Claim, Experiment, Judgement, Outcomes, Verdict
from mnistlab.core.experiments.judging import Order, best, best_keys, order
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
    """Return the runs below the best rates that were still on their way."""
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
    """Return the runs above the best rates that never came to read."""
    highest = max(outcome.config.learning_rate for outcome in best(outcomes))
    above = [each for each in outcomes.values() if each.config.learning_rate > highest]
    return [outcome for outcome in above if outcome.has_diverged or outcome.is_guessing]


def _end(outcome: Outcome) -> str:
    if outcome.has_diverged:
        return f"{outcome.label} left all numbers behind"
    return f"{outcome.label} ended at a training loss of {loss(outcome.training_loss)}"


def _explain_rates(outcomes: Outcomes) -> list[str]:
    level = best(outcomes)
    said = [winner(level, "a rate of {}")]
    slow, wild = _too_slow(outcomes), _overshooting(outcomes)
    if slow:
        first = slow[0]
        said.append(
            f"Too small: with {first.label} the validation loss only came {fall(first)} in "
            f"{first.last.step:,} corrections. Each goes the right way, but is so small that it "
            "would take far more of them."
        )
    if wild:
        said.append(
            f"Too big: {listed([_end(outcome) for outcome in wild])}. Saying “10 % each” to every "
            "image costs 2.30. Each correction leaps over the valley it aims at and lands on the "
            "other slope, as high as before or higher."
        )
    return said


def _judge_rates(outcomes: Outcomes) -> Judgement:
    slow, wild = _too_slow(outcomes), _overshooting(outcomes)
    if slow and wild:
        return Judgement(
            Verdict.HOLDS,
            f"Still on their way: {scores(slow)}. Never came to read: {scores(wild)}.",
        )
    return Judgement(Verdict.FAILS, f"Measured: {scores([*outcomes.values()])}.")


_OPTIMIZERS = vary(
    SGD,
    {
        "SGD 0.01": {"learning_rate": 0.01},
        "SGD 0.1": {},
        "Momentum 0.01": {"learning_rate": 0.01, "momentum": 0.9},
        "RMSprop 0.001": {"optimizer": "rmsprop", "learning_rate": 0.001},
        "Adam 0.001": {"optimizer": "adam", "learning_rate": 0.001},
    },
)
_ADAPTIVE = ("RMSprop 0.001", "Adam 0.001")


def _explain_optimizers(outcomes: Outcomes) -> list[str]:
    slow, fast = outcomes["SGD 0.01"], outcomes["Momentum 0.01"]
    said = [winner(best(outcomes))]
    if order(fast, slow) is Order.BETTER:
        said.append(
            f"Momentum alone, at the same rate of 0.01, lifted SGD from {score(slow)} to "
            f"{score(fast)}: corrections that point the same way again and again add up, to about "
            "ten times the step."
        )
    if _order_of_adaptive(outcomes) is Order.BETTER:
        said.append(
            "RMSprop and Adam give each weight a step of its own: weights whose gradients are "
            "always small, such as those of pixels at the rim, move as far as the others."
        )
    said.append(
        "Rates are part of each choice: the same number means steps of another size for another "
        "optimizer, which is why each has its usual one here and SGD a second."
    )
    return said


def _order_of_adaptive(outcomes: Outcomes) -> Order:
    """Tell how the better of RMSprop and Adam stands to the better of plain SGD."""
    adaptive = max((outcomes[label] for label in _ADAPTIVE), key=_accuracy)
    plain = max((outcomes[f"SGD {rate}"] for rate in ("0.01", "0.1")), key=_accuracy)
    return order(adaptive, plain)


def _accuracy(outcome: Outcome) -> float:
    return outcome.accuracy


def _judge_optimizers(outcomes: Outcomes) -> Judgement:
    verdicts = {
        Order.BETTER: Verdict.HOLDS,
        Order.LEVEL: Verdict.UNKNOWN,
        Order.WORSE: Verdict.FAILS,
    }
    shown = [outcomes[label] for label in ("SGD 0.01", "SGD 0.1", *_ADAPTIVE)]
    return Judgement(verdicts[_order_of_adaptive(outcomes)], f"Measured: {scores(shown)}.")


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
        f"All looked at the same {smallest.config.training_images:,} images equally often, but a "
        f"batch gives one correction: {smallest.last.step:,} corrections with batches of 8, "
        f"{largest.last.step:,} with batches of 4,096."
    )
    if order(smallest, largest) is Order.BETTER:
        said.append(
            f"With so few corrections of the same size, 4,096 did not get far: {score(largest)}. "
            "Its direction is more exact, the mean over more images, but it goes only one step in "
            "it; it would take a larger rate or more epochs."
        )
    if smallest.history.seconds > largest.history.seconds:
        said.append(
            f"Small batches have their price: training took {smallest.history.seconds:.1f} s with "
            f"8, {largest.history.seconds:.1f} s with 4,096, since a computer multiplies many "
            "images at once faster than one after another."
        )
    return said


EXPERIMENTS = {
    "learning_rate": Experiment(
        "Learning rate",
        "Seven learning rates, each ten times the one before. Which one reads best after four "
        "epochs?",
        "It is the setting that makes or breaks a run most often.",
        "Learning rate",
        _RATES,
        same(_RATES),
        best_keys,
        _explain_rates,
        (
            Claim(
                "A rate that is too low takes too long; one that is too high overshoots and does "
                "not converge.",
                _judge_rates,
            ),
        ),
    ),
    "optimizers": Experiment(
        "Optimizers",
        "The same network, the same epochs: which optimizer gets furthest?",
        "All follow the slope downhill; they differ in how they choose their steps.",
        "Optimizer, rate",
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
        "Three epochs at one learning rate. Which batch size reads best?",
        "A batch is how many images the network looks at before it corrects itself once.",
        "Batch size",
        _BATCHES,
        same(_BATCHES),
        best_keys,
        _explain_batches,
    ),
}
