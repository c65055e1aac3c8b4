"""The settings of a run, in the order in which the form shows them.

Defaults are what a config has that does not say. The form starts with the Quick start preset.
"""

from mnistlab.core.settings.activations import ACTIVATIONS
from mnistlab.core.settings.distortions import DISTORTIONS
from mnistlab.core.settings.kinds import Choice, RealNumber, Setting, WholeNumber, Widths
from mnistlab.core.settings.registry import INITIALISATIONS, OPTIMIZERS, SCHEDULES

_ONE_WIDTH = WholeNumber("units", "Units per layer", "", 512, 1, 2048)

HIDDEN_LAYERS = WholeNumber(
    "hidden_layers",
    "Hidden layers",
    "Layers between the 784 pixels and the 10 answers. With 0 the network can only weigh pixels.",
    default=2,
    low=0,
    high=8,
    in_view=True,
    is_narrow=True,
)
UNITS = Widths(
    "units",
    "Units per layer",
    "How many detectors each hidden layer has: one number for all, or one for each "
    "layer, such as 512,256.",
    default=(512,),
    each=_ONE_WIDTH,
    most=8,
    in_view=True,
    is_narrow=True,
)
LEARNING_RATE = RealNumber(
    "learning_rate",
    "Learning rate",
    "How big each correction is. Too small learns slowly, too big overshoots.",
    default=0.002,
    low=1e-6,
    high=100.0,
    in_view=True,
)
EPOCHS = WholeNumber(
    "epochs",
    "Epochs",
    "How often the network sees all training images.",
    default=8,
    low=1,
    high=200,
    in_view=True,
)
ACTIVATION = Choice(
    "activation",
    "Activation",
    "What a unit does with the sum of its inputs.",
    default="relu",
    names=tuple(ACTIVATIONS),
)
OPTIMIZER = Choice(
    "optimizer",
    "Optimizer",
    "The rule that turns errors into weight changes.",
    default="adamw",
    names=tuple(OPTIMIZERS),
)
MOMENTUM = RealNumber(
    "momentum",
    "Momentum",
    "How much of the last step carries over into the next.",
    default=0.0,
    low=0.0,
    high=0.999,
)
BATCH_SIZE = WholeNumber(
    "batch_size",
    "Batch size",
    "How many images are looked at before each correction.",
    default=128,
    low=1,
    high=4096,
    is_narrow=True,
)
SCHEDULE = Choice(
    "schedule",
    "Learning-rate schedule",
    "How the learning rate changes during the run.",
    default="one_cycle",
    names=tuple(SCHEDULES),
    is_narrow=True,
)
DROPOUT = RealNumber(
    "dropout",
    "Dropout",
    "Share of hidden units switched off at random in each training step, so that none "
    "is relied on alone.",
    default=0.3,
    low=0.0,
    high=0.95,
    is_narrow=True,
)
WEIGHT_DECAY = RealNumber(
    "weight_decay",
    "Weight decay",
    "Pulls all weights gently towards zero in each step.",
    default=0.01,
    low=0.0,
    high=10.0,
    is_narrow=True,
)
DISTORTION = Choice(
    "distortions",
    "Distortions",
    "How training images are changed each time they are seen, so that the network learns "
    "what stays the same.",
    default="none",
    names=tuple(DISTORTIONS),
)
INITIALISATION = Choice(
    "initialisation",
    "Initial weights",
    "Where the weights start, before the first step.",
    default="default",
    names=tuple(INITIALISATIONS),
)
TRAINING_IMAGES = WholeNumber(
    "training_images",
    "Training images",
    "How many images the network learns from.",
    default=55_000,
    low=1,
    high=60_000,
    is_narrow=True,
)
VALIDATION_IMAGES = WholeNumber(
    "validation_images",
    "Validation images",
    "Images held back from training, to see how it does on digits it has not learned from.",
    default=5_000,
    low=0,
    high=59_999,
    is_narrow=True,
)
SHUFFLED_LABELS = RealNumber(
    "shuffled_labels",
    "Shuffled labels",
    "Share of the training images whose labels are dealt out among them at random, so that "
    "there is nothing to learn from these but the images themselves, by heart.",
    default=0.0,
    low=0.0,
    high=1.0,
    is_narrow=True,
)
SEED = WholeNumber(
    "seed",
    "Seed",
    "The same seed and settings give the same run, number for number.",
    default=0,
    low=0,
    high=999_999,
    is_narrow=True,
)

SETTINGS: dict[str, Setting] = {
    setting.name: setting
    for setting in (
        HIDDEN_LAYERS,
        UNITS,
        LEARNING_RATE,
        EPOCHS,
        ACTIVATION,
        OPTIMIZER,
        MOMENTUM,
        BATCH_SIZE,
        SCHEDULE,
        DROPOUT,
        WEIGHT_DECAY,
        TRAINING_IMAGES,
        VALIDATION_IMAGES,
        DISTORTION,
        INITIALISATION,
        SHUFFLED_LABELS,
        SEED,
    )
}


def nearest_units(units: tuple[int, ...], hidden_layers: int) -> tuple[int, ...]:
    """Return `units` cut or filled up (with its last width) to fit the layers."""
    if len(units) == 1 or hidden_layers == 0:
        return units[:1]
    return (units + units[-1:] * hidden_layers)[:hidden_layers]
