"""The settings of a run, in the order in which the form shows them.

A config's unnamed settings have their defaults. The form starts with the Quick start preset.
"""

from mnistlab.core.settings.activations import ACTIVATIONS
from mnistlab.core.settings.distortions import DISTORTIONS
from mnistlab.core.settings.kinds import (
    Choice,
    Group,
    RateChanges,
    RealNumber,
    Setting,
    WholeNumber,
    Widths,
)
from mnistlab.core.settings.registry import INITIALISATIONS, OPTIMIZERS, SCHEDULES

_ONE_WIDTH = WholeNumber("units", "Units per layer", "", 512, 1, 2048)

HIDDEN_LAYERS = WholeNumber(
    "hidden_layers",
    "Hidden layers",
    "Layers between the 784 pixels and the 10 outputs. With 0, each pixel counts on its own.",
    default=2,
    low=0,
    high=8,
    is_narrow=True,
)
UNITS = Widths(
    "units",
    "Units per layer",
    "Units (artificial neurons) in each hidden layer: one number for all, or one for each "
    "layer, such as 512,256.",
    default=(512,),
    each=_ONE_WIDTH,
    most=8,
    is_narrow=True,
)
LEARNING_RATE = RealNumber(
    "learning_rate",
    "Learning rate",
    "How big each weight update is. Too small: learning is slow. Too big: updates overshoot.",
    default=0.002,
    low=1e-6,
    high=100.0,
)
EPOCHS = WholeNumber(
    "epochs",
    "Epochs",
    "How many passes through all training images.",
    default=8,
    low=1,
    high=200,
)
ACTIVATION = Choice(
    "activation",
    "Activation function",
    "What a unit applies to the weighted sum of its inputs.",
    default="relu",
    names=tuple(ACTIVATIONS),
    group=Group.NETWORK,
)
OPTIMIZER = Choice(
    "optimizer",
    "Optimizer",
    "The rule that turns gradients into weight updates.",
    default="adamw",
    names=tuple(OPTIMIZERS),
    group=Group.LEARNING,
)
MOMENTUM = RealNumber(
    "momentum",
    "Momentum",
    "How much of the last update carries over into the next.",
    default=0.0,
    low=0.0,
    high=0.999,
    group=Group.LEARNING,
)
BATCH_SIZE = WholeNumber(
    "batch_size",
    "Batch size",
    "How many images each step, one update of all weights, learns from.",
    default=128,
    low=1,
    high=4096,
    group=Group.LEARNING,
    is_narrow=True,
)
SCHEDULE = Choice(
    "schedule",
    "Learning-rate schedule",
    "How the learning rate changes during the run.",
    default="one_cycle",
    names=tuple(SCHEDULES),
    group=Group.LEARNING,
    is_narrow=True,
)
RATE_CHANGES = RateChanges(
    "rate_changes",
    "Learning-rate changes",
    "Other learning rates on the way, each with the step (counted from 0) that it begins at. The "
    "schedule goes on with the new rate in place of the first.",
    default=(),
    group=Group.LEARNING,
    step=WholeNumber("step", "Step", "", 0, 0, 12_000_000),
    rate=LEARNING_RATE,
    most=20,
)
"""Steps end with those of the longest run: 200 epochs of 60,000 batches of one image."""
DROPOUT = RealNumber(
    "dropout",
    "Dropout",
    "Share of hidden units switched off at random in each training step, so that the network "
    "can't rely on any single one.",
    default=0.3,
    low=0.0,
    high=0.95,
    group=Group.NETWORK,
    is_narrow=True,
)
WEIGHT_DECAY = RealNumber(
    "weight_decay",
    "Weight decay",
    "Pulls all weights slightly towards zero in each step.",
    default=0.01,
    low=0.0,
    high=10.0,
    group=Group.LEARNING,
    is_narrow=True,
)
DISTORTION = Choice(
    "distortions",
    "Data augmentation",
    "Random small changes give the network more varied training images.",
    default="none",
    names=tuple(DISTORTIONS),
    group=Group.DATA,
)
INITIALISATION = Choice(
    "initialisation",
    "Weight initialization",
    "The weights before the first step.",
    default="default",
    names=tuple(INITIALISATIONS),
    group=Group.NETWORK,
)
TRAINING_IMAGES = WholeNumber(
    "training_images",
    "Training images",
    "How many images the network learns from.",
    default=55_000,
    low=1,
    high=60_000,
    group=Group.DATA,
    is_narrow=True,
)
VALIDATION_IMAGES = WholeNumber(
    "validation_images",
    "Validation images",
    "Images not used for training, to measure how the network does on unseen digits.",
    default=5_000,
    low=0,
    high=59_999,
    group=Group.DATA,
    is_narrow=True,
)
SHUFFLED_LABELS = RealNumber(
    "shuffled_labels",
    "Shuffled labels",
    "Share of training images whose labels are randomly swapped, so they can only be memorized.",
    default=0.0,
    low=0.0,
    high=1.0,
    group=Group.DATA,
    is_narrow=True,
)
SEED = WholeNumber(
    "seed",
    "Seed",
    "Starts all random choices. The same seed and settings give the same run, number for number.",
    default=0,
    low=0,
    high=999_999,
    group=Group.LEARNING,
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
        RATE_CHANGES,
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
    """Return `units` cut, or extended by its last width, to fit the layers."""
    if len(units) == 1 or hidden_layers == 0:
        return units[:1]
    return (units + units[-1:] * hidden_layers)[:hidden_layers]
