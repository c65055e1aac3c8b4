"""Experiments on the layers of a network: their number, and the activation between them."""

from mnistlab.core.analysis.diagnosis.overfitting import Unknown
from mnistlab.core.experiments.experiment import (
    Claim,
    ClaimVerdict,
    Experiment,
    Judgement,
    Outcomes,
)
from mnistlab.core.experiments.judging import PairResult, best, best_keys, order
from mnistlab.core.experiments.sentences import score, when_overfitting, winner
from mnistlab.core.experiments.settings import PLAIN, same, vary
from mnistlab.core.formatting import loss, percent

_LINEAR = vary(
    PLAIN,
    {
        "No hidden layer": {"hidden_layers": 0},
        "2 layers, no activation": {"activation": "none"},
        "4 layers, no activation": {"activation": "none", "hidden_layers": 4},
        "2 layers, ReLU": {},
    },
)


def _answer_linear(outcomes: Outcomes) -> frozenset[str]:
    return frozenset({order(outcomes["2 layers, no activation"], outcomes["No hidden layer"])})


def _explain_linear(outcomes: Outcomes) -> list[str]:
    none, linear, deeper, relu = outcomes.values()
    said = [
        f"Validation accuracy: {score(none)} with no hidden layer, {score(linear)} with two layers "
        f"without activation, {score(deeper)} with four, {score(relu)} with two and ReLU."
    ]
    if order(relu, linear) is PairResult.BETTER:
        said.append(
            "Without activation a layer only computes weighted sums. A weighted sum of weighted "
            "sums is one weighted sum. So the network stays linear, and "
            f"{linear.config.parameter_count:,} parameters express no more than "
            f"{none.config.parameter_count:,}. The bend in ReLU is what makes extra layers useful."
        )
    if order(linear, none) is not PairResult.LEVEL:
        said.append(
            "They differ here although they can express the same, because they learn at different "
            "speeds: these runs are short, and more layers change the size of the steps."
        )
    return said


_DEPTHS = (1, 2, 4, 8)
_DEEP = vary(
    PLAIN,
    {
        "No hidden layer": {"hidden_layers": 0},
        **{
            f"{label}, {depth}": {"hidden_layers": depth, "activation": name}
            for label, name in (("ReLU", "relu"), ("Sigmoid", "sigmoid"))
            for depth in _DEPTHS
        },
    },
)
_LEARNED = 0.8
"""Validation accuracy from which a network counts as having learned."""


def _answer_deep(outcomes: Outcomes) -> frozenset[str]:
    relu, sigmoid = (outcomes[f"{name}, 8"].accuracy >= _LEARNED for name in ("ReLU", "Sigmoid"))
    if relu == sigmoid:
        return frozenset({"both" if relu else "neither"})
    return frozenset({"relu" if relu else "sigmoid"})


def _explain_deep(outcomes: Outcomes) -> list[str]:
    rows = {
        name: [outcomes[f"{name}, {depth}"] for depth in _DEPTHS] for name in ("ReLU", "Sigmoid")
    }
    said = [
        f"{name} with 1, 2, 4 and 8 hidden layers: a validation accuracy of "
        f"{', '.join(map(score, row))}."
        for name, row in rows.items()
    ]
    deep, shallow = rows["Sigmoid"][-1], rows["Sigmoid"][0]
    if order(deep, shallow) is PairResult.WORSE:
        said.append(
            "The error at the output is passed back through every layer. Each sigmoid passes on at "
            "most a quarter of it, its steepest slope. After eight of them almost nothing reaches "
            f"the first layers (¼ to the power of 8 is {percent(1 / 4**8, 4)}): vanishing "
            f"gradients. So training loss is still {loss(deep.training_loss)}; with one layer it "
            f"is {loss(shallow.training_loss)}. An active ReLU passes on all of the error."
        )
    if (
        order(rows["ReLU"][-1], max(rows["ReLU"], key=lambda each: each.accuracy))
        is PairResult.WORSE
    ):
        said.append(
            "But eight layers with ReLU do worse than fewer: depth makes ReLU harder to train too."
        )
    return said


_LAYERS = vary(
    PLAIN,
    {
        str(depth): {
            "hidden_layers": depth,
            "units": (256,),
            "training_images": 5_000,
            "epochs": 15,
        }
        for depth in (0, 1, 2, 4, 8)
    },
)


_CLEARLY = 1.2
"""Ratio of two training losses that chance seldom causes: over five seeds of one network they
vary by a tenth. Our own measurement, the runs of the experiment Luck."""


def _explain_layers(outcomes: Outcomes) -> list[str]:
    none, one, two, _, eight = outcomes.values()
    said = [winner(best(outcomes), "the network with {} hidden layers")]
    first, others = one.accuracy - none.accuracy, best(outcomes)[0].accuracy - one.accuracy
    if order(one, none) is PairResult.BETTER and first > others:
        said.append(
            f"The first hidden layer helps most: from {score(none)} to {score(one)}. Without one, "
            "each pixel counts for or against a digit, whatever the other pixels are."
        )
    said.append(
        f"One layer reaches {score(one)}, two reach {score(two)}. Eight layers have "
        f"{eight.config.parameter_count:,} parameters and reach {score(eight)} (training images: "
        f"{percent(eight.training_accuracy)}). Two layers have {two.config.parameter_count:,} "
        f"(training images: {percent(two.training_accuracy)})."
    )
    return said


def _judge_one_layer(outcomes: Outcomes) -> Judgement:
    one, level = outcomes["1"], best(outcomes)
    said = (
        f"One hidden layer: {percent(one.training_accuracy)} of the training images, {score(one)} "
        "of the validation images; "
    )
    if one in level:
        return Judgement(
            ClaimVerdict.FAILS, f"{said}no other is better by more than chance explains."
        )
    return Judgement(ClaimVerdict.HOLDS, f"{said}the best, {level[0].label}: {score(level[0])}.")


def _judge_harder(outcomes: Outcomes) -> Judgement:
    two, eight = outcomes["2"], outcomes["8"]
    said = (
        f"After {two.last.epoch} epochs training loss is {loss(eight.training_loss)} with "
        f"eight hidden layers, {loss(two.training_loss)} with two."
    )
    if eight.training_loss > _CLEARLY * two.training_loss:
        return Judgement(ClaimVerdict.HOLDS, said)
    if two.training_loss > _CLEARLY * eight.training_loss:
        return Judgement(ClaimVerdict.FAILS, said)
    return Judgement(ClaimVerdict.UNKNOWN, said)


def _judge_deep_overfits(outcomes: Outcomes) -> Judgement:
    two, eight = outcomes["2"], outcomes["8"]
    said = f"{when_overfitting(eight, 'Eight layers')}; {when_overfitting(two, 'two')}."
    if isinstance(eight.overfitting, Unknown) or isinstance(two.overfitting, Unknown):
        return Judgement(ClaimVerdict.UNKNOWN, said)
    if eight.onset is None:
        return Judgement(ClaimVerdict.FAILS, said)
    if two.onset is None or eight.onset.latest < two.onset.earliest:
        return Judgement(ClaimVerdict.HOLDS, said)
    return Judgement(
        ClaimVerdict.FAILS, f"{said} It occurs, but not clearly later with two layers."
    )


EXPERIMENTS = {
    "no_activation": Experiment(
        "No activation",
        "Two hidden layers only compute weighted sums, without ReLU or another activation "
        "function. Do they do better than no hidden layer at all?",
        "It shows what the activation function between layers is for.",
        "Network",
        _LINEAR,
        {
            "better": "Yes, better",
            "level": "No, about the same",
            "worse": "No, even worse",
        },
        _answer_linear,
        _explain_linear,
    ),
    "layers": Experiment(
        "Hidden layers",
        "With how many hidden layers is validation accuracy best?",
        "Deep networks are famous; this shows how much depth helps with digits.",
        "Hidden layers",
        _LAYERS,
        same(_LAYERS),
        best_keys,
        _explain_layers,
        (
            Claim("One hidden layer would be too little: underfitting.", _judge_one_layer),
            Claim("Too many layers are harder to train.", _judge_harder),
            Claim("Too many layers lead to overfitting.", _judge_deep_overfits),
        ),
    ),
    "depth": Experiment(
        "Deep with sigmoid, deep with ReLU",
        "Which network with eight hidden layers reaches a validation accuracy of 80% or more?",
        "For decades this problem kept networks shallow.",
        "Activation, hidden layers",
        _DEEP,
        {
            "both": "Both",
            "relu": "Only the one with ReLU",
            "sigmoid": "Only the one with sigmoid",
            "neither": "Neither",
        },
        _answer_deep,
        _explain_deep,
    ),
}
