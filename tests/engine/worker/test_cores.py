"""A run's share of the cores, which must not show in its numbers."""

import dataclasses
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
import torch
from dask.system import CPU_COUNT

from mnistlab.core.data import mnist
from mnistlab.core.data.mnist import Digits
from mnistlab.core.network.model import pack
from mnistlab.core.settings.activations import ACTIVATIONS
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.distortions import DISTORTIONS
from mnistlab.core.settings.presets import PRESETS
from mnistlab.core.settings.registry import OPTIMIZERS
from mnistlab.core.training.checkpoint import Checkpoint, Trained
from mnistlab.core.training.loop import train
from mnistlab.engine.worker import cores

NETWORKS = {
    "notebook": PRESETS["notebook"].config,
    "quick start": RunConfig(),
    "wide, in large batches": RunConfig(units=(2048,), batch_size=1_000),
    "deep, with an odd batch": RunConfig(hidden_layers=8, units=(100,), batch_size=37),
    "wide, in batches of few": RunConfig(units=(512,), batch_size=3, training_images=300),
    "narrow, in batches of few": RunConfig(units=(32,), batch_size=30),
    "with a last batch of few": RunConfig(units=(384,), hidden_layers=1, training_images=904),
    "with few validation images": RunConfig(units=(32,), validation_images=9),
    "no hidden layer": RunConfig(hidden_layers=0, batch_size=500),
    **{f"{name} optimizer": RunConfig(optimizer=name) for name in OPTIMIZERS},
    **{f"{name} activation": RunConfig(activation=name) for name in ACTIVATIONS},
    "Muon, in uneven shares": RunConfig(optimizer="muon", units=(401, 30)),
    "sigmoid, in uneven shares": RunConfig(activation="sigmoid", units=(401,), batch_size=500),
    **{f"{name} distortions": RunConfig(distortions=name) for name in DISTORTIONS},
}


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    cores.share(1)
    torch.set_num_threads(before)


@pytest.mark.parametrize("config", NETWORKS.values(), ids=NETWORKS)
def test_the_number_of_threads_does_not_show_in_a_run(
    config: RunConfig, training_digits: Digits, test_digits: Digits
) -> None:
    config = dataclasses.replace(
        config,
        epochs=1,
        training_images=min(config.training_images, 1_000),
        validation_images=min(config.validation_images, 200),
    )
    splits = mnist.split(training_digits, test_digits, config)
    alone = _train(config, splits, [4])
    changing = _train(config, splits, [1, 2])
    assert changing.history == alone.history
    assert changing.best_weights is not None
    assert alone.best_weights is not None
    assert pack(changing.best_weights) == pack(alone.best_weights)


def _train(config: RunConfig, splits: mnist.Splits, threads: list[int]) -> Trained:
    """Train with one number of threads after another, a step each."""
    turns = itertools.cycle(threads)

    def is_stopped() -> bool:
        torch.set_num_threads(next(turns))
        return False

    return train(config, splits, lambda event: None, is_stopped)


def test_a_lone_run_uses_all_cores_and_several_share_them() -> None:
    most = max(n for n in (1, 2, 4) if n <= CPU_COUNT)
    assert cores.threads() == most
    cores.share(2)
    assert cores.threads() == max(1, most // 2)
    cores.share(10 * CPU_COUNT)
    assert cores.threads() == 1


def count_denormals(checkpoint: Checkpoint) -> int:
    memory = [numbers for each in checkpoint.optimizer.values() for numbers in each.values()]
    least = torch.finfo(torch.float32).tiny
    return sum(int(((each != 0) & (each.abs() < least)).sum()) for each in memory)


def test_numbers_next_to_nothing_are_left_out_and_do_not_show_in_the_weights(
    training_digits: Digits, test_digits: Digits
) -> None:
    config = RunConfig(
        optimizer="adamw",
        units=(32,),
        dropout=0.3,
        batch_size=2,
        epochs=2,
        training_images=1_500,
        validation_images=200,
    )
    splits = mnist.split(training_digits, test_digits, config)

    def run(block: AbstractContextManager[None]) -> Trained:
        with block:
            return train(config, splits, lambda event: None, lambda: False)

    # In threads of their own, since helpers stay as they were when they were first woken.
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        plain = one.submit(run, nullcontext()).result()
        without = other.submit(run, cores.flush_denormals()).result()
    assert plain.checkpoint is not None
    assert without.checkpoint is not None
    assert count_denormals(plain.checkpoint) > 0
    assert count_denormals(without.checkpoint) == 0
    assert pack(plain.checkpoint.weights) == pack(without.checkpoint.weights)
    losses = ([point.train_loss for point in each.history.steps] for each in (plain, without))
    assert next(losses) == next(losses)


def test_numbers_next_to_nothing_are_back_afterwards() -> None:
    halve = torch.tensor(1e-39).mul
    with cores.flush_denormals():
        assert halve(0.5) == 0
    assert halve(0.5) > 0


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts threads as Linux does")
def test_getting_ready_leaves_all_helpers_to_the_thread_that_trains(tmp_path: Path) -> None:
    code = """if True:
        import os, numpy
        count = lambda: len(os.listdir("/proc/self/task"))
        before = count()
        from mnistlab.engine.worker.warm_up import WarmUp
        WarmUp().setup(None)
        print(count() - before)
    """
    command = [sys.executable, "-c", code]
    environment = {**os.environ, "MNISTLAB_HOME": str(tmp_path)}
    ready = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert ready.stdout.strip() == "0"
