"""One epoch of an experiment, by each of those that `benchmarks/training/training.py` compares.

`python -m benchmarks.training.contestants NAME` reads a config as JSON from the first line of
standard input, gets ready, and then trains an epoch for each further line, after which it
writes the seconds that it took. Each has a process to itself, with the settings that it
comes with; only mnistlab's is set up as its workers are.
"""

import itertools
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from benchmarks.training.contest import Epoch
from mnistlab.core.settings.config import RunConfig

if TYPE_CHECKING:
    from mnistlab.core.data.mnist import Splits


def _splits(config: RunConfig) -> "Splits":
    from benchmarks.harness import images
    from mnistlab.core.data import mnist

    return mnist.split(images.load(train=True), images.load(train=False), config)


def _arrays(config: RunConfig) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return images (n, 784) from 0 to 1 and their labels (n,)."""
    from mnistlab.core.data.mnist import scale

    digits = _splits(config).train
    return scale(digits.pixels).numpy(), digits.labels.numpy()


def gemm(config: RunConfig) -> Epoch:
    """The products of matrices alone, of which a step has three for each layer but the first."""
    import torch

    batch = config.batch_size
    pairs = list(itertools.pairwise(config.layer_sizes))
    values = [torch.randn(batch, size) for size in config.layer_sizes]
    errors = [torch.randn(batch, size) for size in config.layer_sizes]
    weights = [torch.randn(after, before) for before, after in pairs]
    sums = [torch.empty(batch, after) for _, after in pairs]
    gradients = [torch.empty(after, before) for before, after in pairs]

    def epoch() -> float:
        began = time.perf_counter()
        for _ in range(config.steps_per_epoch):
            for layer, weight in enumerate(weights):
                torch.mm(values[layer], weight.T, out=sums[layer])
            for layer in reversed(range(len(weights))):
                torch.mm(errors[layer + 1].T, values[layer], out=gradients[layer])
                if layer:
                    torch.mm(errors[layer + 1], weights[layer], out=sums[layer - 1])
        return time.perf_counter() - began

    return epoch


def notebook(config: RunConfig) -> Epoch:
    """The notebook's loop, whose network and settings are its own."""
    from benchmarks.training import notebook

    with tempfile.TemporaryDirectory(prefix="mnistlab-") as folder:
        dataset = notebook.load_images(Path(folder), config.training_images)
    return lambda: notebook.train(dataset, epochs=1)[0]


def autograd(config: RunConfig) -> Epoch:
    """The best loop of PyTorch's usual kind: images ready in memory, all that is fused used."""
    import torch
    from torch.nn import functional

    from mnistlab.core.network.model import MLP
    from mnistlab.core.training.optimizers import make_optimizer

    images, labels = map(torch.from_numpy, _arrays(config))
    model = MLP(config)
    network, optimizer = model.layers, make_optimizer(config, model)

    def epoch() -> float:
        began = time.perf_counter()
        for batch in torch.randperm(len(labels)).split(config.batch_size):
            optimizer.zero_grad()
            logits = network(images.index_select(0, batch))
            functional.cross_entropy(logits, labels.index_select(0, batch)).backward()
            optimizer.step()
        return time.perf_counter() - began

    return epoch


def sklearn(config: RunConfig) -> Epoch:
    """Scikit-learn's own network and optimizer."""
    from sklearn.neural_network import MLPClassifier

    images, labels = _arrays(config)
    classifier = MLPClassifier(
        config.widths,
        solver="sgd",
        learning_rate_init=config.learning_rate,
        momentum=0.0,
        alpha=0.0,
        batch_size=config.batch_size,
    )
    classifier.partial_fit(
        images[: config.batch_size], labels[: config.batch_size], classes=range(10)
    )

    def epoch() -> float:
        began = time.perf_counter()
        classifier.partial_fit(images, labels)
        return time.perf_counter() - began

    return epoch


def jax(config: RunConfig) -> Epoch:
    """JAX, the whole epoch compiled as one scan."""
    from benchmarks.training.jax_epoch import compile_epoch

    return compile_epoch(config, *_arrays(config))


def mnistlab(config: RunConfig) -> Epoch:
    """The project's loop, in a process with a worker's settings, epoch after epoch of one run."""
    from mnistlab.core.training.loop import Trainer
    from mnistlab.engine.worker import cores, warm_up
    from mnistlab.engine.worker.thread_tuner import ThreadTuner

    warm_up.freeze_gc()
    splits, tuner = _splits(config), ThreadTuner(cores.fewest_threads())

    def begin() -> Trainer:
        return Trainer(config, splits, lambda event: None)

    trainer = begin()

    def epoch() -> float:
        nonlocal trainer
        if trainer.progress.step == trainer.progress.last_step:
            trainer = begin()
        end = trainer.progress.step + config.steps_per_epoch

        def is_over() -> bool:
            tuner.apply(cores.threads())
            return trainer.progress.step == end

        began = time.perf_counter()
        with cores.flush_denormals():
            trainer.run(is_over)
        return time.perf_counter() - began

    return epoch


CONTESTANTS = {each.__name__: each for each in (gemm, jax, notebook, autograd, sklearn, mnistlab)}


def _prepare(name: str) -> None:
    from mnistlab.engine.worker import cores

    if name == mnistlab.__name__:
        cores.prepare()  # before torch is imported
    if name != jax.__name__:
        import torch

        torch.set_num_threads(cores.MOST_THREADS)


def main() -> None:
    """Get ready, then train an epoch whenever told to."""
    name, answers = sys.argv[1], os.fdopen(os.dup(sys.stdout.fileno()), "w")
    config = RunConfig.from_json(sys.stdin.readline())
    _prepare(name)
    epoch = CONTESTANTS[name](config)
    for _ in sys.stdin:
        print(epoch(), file=answers, flush=True)


if __name__ == "__main__":
    main()
