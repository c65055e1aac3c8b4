"""Experiments on overfitting: when it begins, and what prevents it."""

from mnistlab.core.analysis.diagnosis.overfitting import Onset
from mnistlab.core.experiments.experiment import (
    Claim,
    ClaimVerdict,
    Experiment,
    Judgement,
    Outcomes,
)
from mnistlab.core.experiments.outcome import Outcome
from mnistlab.core.experiments.sentences import when_overfitting
from mnistlab.core.experiments.settings import PLAIN, vary
from mnistlab.core.formatting import loss, percent
from mnistlab.core.training.history import Measure

_REMEDIES = vary(
    PLAIN,
    {
        label: {
            "dropout": dropout,
            "weight_decay": decay,
            "optimizer": "adamw",
            "training_images": 2_000,
            "batch_size": 50,
            "units": (256,),
            "epochs": 30,
        }
        for label, dropout, decay in (
            ("No remedy", 0.0, 0.0),
            ("Dropout 0.5", 0.5, 0.0),
            ("Weight decay 1", 0.0, 1.0),
            ("Both", 0.5, 1.0),
        )
    },
)


def _answer_remedies(outcomes: Outcomes) -> frozenset[str]:
    plain, dropout = outcomes["No remedy"].onset, outcomes["Dropout 0.5"].onset
    if plain is None:
        return frozenset()
    if dropout is None:
        return frozenset({"prevents"})
    if dropout.earliest > plain.latest:
        return frozenset({"delays"})
    # The intervals of both onsets overlap, so neither is clearly first.
    return frozenset(
        {"delays", "nothing"} if dropout.best.epoch > plain.best.epoch else {"nothing"}
    )


def _explain_remedies(outcomes: Outcomes) -> list[str]:
    plain = outcomes["No remedy"]
    onsets = "; ".join(when_overfitting(each, each.label) for each in outcomes.values())
    said = [f"Overfitting, by validation loss. {onsets}."]
    if plain.onset:
        said.append(
            f"Without a remedy validation loss rose by {loss(plain.onset.change.worse)} from "
            f"its best, while training loss fell to {loss(plain.training_loss)}. "
            f"{_accuracy_meanwhile(plain.onset)}"
        )
    said.append(
        f"Lowest validation loss: {', '.join(map(_lowest_loss, outcomes.values()))}. Dropout "
        "switches off different units in each step, so it is hard to memorize an image with a few "
        "of them. Weight decay pulls weights that few images need towards zero."
    )
    return said


def _accuracy_meanwhile(onset: Onset) -> str:
    best, now = (percent(point.validation_accuracy) for point in (onset.best, onset.now))
    if onset.accuracy_change.is_beyond_chance:
        return f"Validation accuracy fell with it, from {best} to {now}."
    return (
        f"Validation accuracy has not clearly dropped: {best} at that epoch, {now} at the end. The "
        "network is more confident in its mistakes, which raises loss but not accuracy."
    )


def _lowest_loss(outcome: Outcome) -> str:
    best = outcome.history.best_epoch
    return f"{loss(best.validation_loss if best else None)} ({outcome.label})"


def _judge_minimum(outcomes: Outcomes) -> Judgement:
    plain = outcomes["No remedy"]
    if plain.onset is None:
        return Judgement(ClaimVerdict.UNKNOWN, "This run shows no overfitting.")
    best, now = plain.onset.best, plain.onset.now
    return Judgement(
        ClaimVerdict.FAILS,
        f"Without a remedy training loss fell from {loss(best.train_loss)} in epoch "
        f"{best.epoch} to {loss(now.train_loss)} in epoch {now.epoch}, while validation loss "
        f"rose from {loss(best.validation_loss)} to {loss(now.validation_loss)}. The weights with "
        "the lowest training loss are not those with the lowest loss on unseen digits.",
    )


def _judge_beginning(outcomes: Outcomes) -> Judgement:
    plain = outcomes["No remedy"]
    verdict = ClaimVerdict.ANSWERED if plain.onset else ClaimVerdict.UNKNOWN
    return Judgement(
        verdict,
        f"{when_overfitting(plain, plain.label)}, by a paired test on the validation images.",
    )


EXPERIMENTS = {
    "overfitting": Experiment(
        "Against overfitting",
        "With 2,000 images and 30 epochs the network overfits. Does it help to switch off half of "
        "its units at random in each step (dropout)?",
        "Overfitting means memorizing the training images instead of learning how digits look.",
        "Remedy",
        _REMEDIES,
        {
            "prevents": "Overfitting does not begin",
            "delays": "It begins later",
            "nothing": "It begins just as early",
        },
        _answer_remedies,
        _explain_remedies,
        (
            Claim(
                "The network has converged when the optimizer has found the weights that minimize "
                "the loss.",
                _judge_minimum,
            ),
            Claim("Asked but not answered: when does overfitting begin?", _judge_beginning),
        ),
        measure=Measure.LOSS,
    ),
}
