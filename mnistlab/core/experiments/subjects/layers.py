"""Experiments on the layers of a network: how many, and what is between them."""

from mnistlab.core.analysis.diagnosis.overfitting import Unknown
from mnistlab.core.experiments.experiment import Claim, Experiment, Judgement, Outcomes, Verdict
from mnistlab.core.experiments.judging import Order, best, best_keys, order
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
        f"No hidden layer read {score(none)} of the validation images, two without activation "
        f"{score(linear)}, four {score(deeper)}; two with ReLU {score(relu)}."
    ]
    if order(relu, linear) is Order.BETTER:
        said.append(
            "Without activation a layer only weighs and adds. Weighing what was weighed already is "
            "one weighing with other weights: however many layers, the network stays one "
            f"straight-line rule, and {linear.config.parameter_count:,} parameters can say no more "
            f"than {none.config.parameter_count:,}. The bend of the ReLU is what makes layers "
            "worth having."
        )
    if order(linear, none) is not Order.LEVEL:
        said.append(
            "That they differ here although they can say the same is a matter of how fast they "
            "learn it: these runs are short, and more layers change the size of the steps."
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
_READS = 0.8
"""Validation accuracy above which a network counts as having learned to read."""


def _answer_deep(outcomes: Outcomes) -> frozenset[str]:
    relu, sigmoid = (outcomes[f"{name}, 8"].accuracy >= _READS for name in ("ReLU", "Sigmoid"))
    if relu == sigmoid:
        return frozenset({"both" if relu else "neither"})
    return frozenset({"relu" if relu else "sigmoid"})


def _explain_deep(outcomes: Outcomes) -> list[str]:
    rows = {
        name: [outcomes[f"{name}, {depth}"] for depth in _DEPTHS] for name in ("ReLU", "Sigmoid")
    }
    said = [
        f"{name} with 1, 2, 4 and 8 hidden layers read {', '.join(map(score, row))} of the "
        "validation images."
        for name, row in rows.items()
    ]
    deep, shallow = rows["Sigmoid"][-1], rows["Sigmoid"][0]
    if order(deep, shallow) is Order.WORSE:
        said.append(
            "What is wrong at the output has to be passed back through every layer, and each "
            "sigmoid lets at most a quarter of it through, the steepest slope that it has. After "
            "eight of them hardly anything arrives at the first layers (a quarter, eight times "
            f"over, is {percent(1 / 4**8, 4)}): the training loss is still "
            f"{loss(deep.training_loss)}, with one layer it is {loss(shallow.training_loss)}. "
            "A ReLU that is on lets all of it through."
        )
    if order(rows["ReLU"][-1], max(rows["ReLU"], key=lambda each: each.accuracy)) is Order.WORSE:
        said.append("But eight layers of ReLU read worse than fewer: deep is harder with it, too.")
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
"""How many times as high a training loss is that chance, such as another seed, seldom makes:
over five seeds of one network it varied by a tenth. Our own measurement, Luck's runs."""


def _explain_layers(outcomes: Outcomes) -> list[str]:
    none, one, two, _, eight = outcomes.values()
    said = [winner(best(outcomes), "the network with {} hidden layers")]
    first, others = one.accuracy - none.accuracy, best(outcomes)[0].accuracy - one.accuracy
    if order(one, none) is Order.BETTER and first > others:
        said.append(
            f"The first hidden layer brings the most: from {score(none)} to {score(one)}. Without "
            "one, a pixel speaks for a digit or against it, whatever the other pixels are."
        )
    said.append(
        f"From one layer to two: {score(one)} and {score(two)}. Eight layers have "
        f"{eight.config.parameter_count:,} parameters and read {score(eight)}, on training images "
        f"{percent(eight.training_accuracy)}; two have {two.config.parameter_count:,} and read "
        f"{percent(two.training_accuracy)} of those."
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
            Verdict.FAILS, f"{said}none of the others is better by more than chance explains."
        )
    return Judgement(Verdict.HOLDS, f"{said}the best, {level[0].label}: {score(level[0])}.")


def _judge_harder(outcomes: Outcomes) -> Judgement:
    two, eight = outcomes["2"], outcomes["8"]
    said = (
        f"After {two.last.epoch} epochs the training loss is {loss(eight.training_loss)} with "
        f"eight hidden layers, {loss(two.training_loss)} with two."
    )
    if eight.training_loss > _CLEARLY * two.training_loss:
        return Judgement(Verdict.HOLDS, said)
    if two.training_loss > _CLEARLY * eight.training_loss:
        return Judgement(Verdict.FAILS, said)
    return Judgement(Verdict.UNKNOWN, said)


def _judge_deep_overfits(outcomes: Outcomes) -> Judgement:
    two, eight = outcomes["2"], outcomes["8"]
    said = f"{when_overfitting(eight, 'Eight layers')}; {when_overfitting(two, 'two')}."
    if isinstance(eight.overfitting, Unknown) or isinstance(two.overfitting, Unknown):
        return Judgement(Verdict.UNKNOWN, said)
    if eight.onset is None:
        return Judgement(Verdict.FAILS, said)
    if two.onset is None or eight.onset.latest < two.onset.earliest:
        return Judgement(Verdict.HOLDS, said)
    return Judgement(
        Verdict.FAILS, f"{said} It shows, but with two layers no later, as far as one can tell."
    )


EXPERIMENTS = {
    "no_activation": Experiment(
        "No activation",
        "Two hidden layers whose units only weigh and add, without ReLU or the like. Do they read "
        "better than no hidden layer at all?",
        "It shows what the activation between layers is for.",
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
        "With how many hidden layers does the network read best?",
        "Deep networks are famous; here is what depth brings for digits.",
        "Hidden layers",
        _LAYERS,
        same(_LAYERS),
        best_keys,
        _explain_layers,
        (
            Claim("One hidden layer would be too little: underfitting.", _judge_one_layer),
            Claim("Too many layers are harder to train.", _judge_harder),
            Claim("With too many layers overfitting shows.", _judge_deep_overfits),
        ),
    ),
    "depth": Experiment(
        "Deep with sigmoid, deep with ReLU",
        "Which network with eight hidden layers learns to read, that is, 80 % or more?",
        "For decades this kept networks shallow.",
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
