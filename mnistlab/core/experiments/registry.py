"""All experiments, each an entry in one of the files imported here."""

from mnistlab.core.experiments.experiment import Experiment
from mnistlab.core.experiments.subjects import choices, images, layers, learning, remedies, units

SECTIONS: dict[str, dict[str, Experiment]] = {
    "How it learns": learning.EXPERIMENTS,
    "What it is made of": {**layers.EXPERIMENTS, **units.EXPERIMENTS},
    "What it learns from": {**images.EXPERIMENTS, **remedies.EXPERIMENTS},
    "What to believe": choices.EXPERIMENTS,
}
"""By section and by name; the names are also used in the URL."""

EXPERIMENTS: dict[str, Experiment] = {
    name: experiment for section in SECTIONS.values() for name, experiment in section.items()
}
