"""Torch without its compiler, in forks of a process that has imported torch, as workers are."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.factories import not_none

STAND_INS = "['torch._dynamo', 'torch._dynamo.utils']"

_FORK_FOR_EACH_LINE = """
import contextlib, io, json, os, sys
import torch

for line in sys.stdin:
    child = os.fork()
    if not child:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(json.loads(line), {})
        os.write(1, (json.dumps(printed.getvalue().splitlines()) + chr(10)).encode())
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
"""
_LEAVE_OUT = """
import sys
from mnistlab.engine.worker import compiler
compiler.leave_out()
import torch
"""
_STEP_WITH_EACH_OPTIMIZER = """
from mnistlab.core.network.model import MLP
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.registry import OPTIMIZERS
from mnistlab.core.training.optimizers import get_state, make_optimizer, set_state
for name in OPTIMIZERS:
    config = RunConfig(units=(3,), optimizer=name)
    model = MLP(config)
    optimizer = make_optimizer(config, model)
    optimizer.zero_grad()
    model(torch.ones(1, 784)).logsumexp(dim=1).sum().backward()
    before = model.layers[-1].bias.clone()
    optimizer.step()
    set_state(optimizer, get_state(optimizer))
    print(name, bool((model.layers[-1].bias < before).all()))
"""
_MODULES = "print([name for name in sys.modules if name.startswith('torch._dynamo')])\n"
_IMPORT_TORCHVISION = "import torchvision\n" + _MODULES
_ASK_FOR_MORE = """
print(torch._dynamo.config.__name__)
print(torch._dynamo is sys.modules["torch._dynamo"], torch._dynamo.reset())
"""
_ASK_FOR_MORE_UTILS = """
from torch._dynamo.utils import counters, is_compile_supported
print(len(counters), torch._dynamo.utils is sys.modules["torch._dynamo.utils"])
"""


Run = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Run code by itself, with torch imported; return the lines it prints."""
    command = [sys.executable, "-W", "error", "-c", _FORK_FOR_EACH_LINE]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:

        def run(code: str) -> list[str]:
            not_none(process.stdin).write(json.dumps(code) + "\n")
            answer = not_none(process.stdout).readline()
            assert answer, "it has failed, and said why on standard error"
            lines: list[str] = json.loads(answer)
            return lines

        yield run


def test_every_optimizer_does_without_it(run: Run) -> None:
    from mnistlab.core.settings.registry import OPTIMIZERS

    *steps, modules = run(_LEAVE_OUT + _STEP_WITH_EACH_OPTIMIZER + _MODULES)
    assert steps == [f"{name} True" for name in OPTIMIZERS]
    assert modules == STAND_INS, "nothing of the compiler itself was imported"


def test_torchvision_does_without_it(run: Run) -> None:
    assert run(_LEAVE_OUT + _IMPORT_TORCHVISION) == [STAND_INS]


def test_whoever_wants_more_of_it_has_it(run: Run) -> None:
    assert run(_LEAVE_OUT + _ASK_FOR_MORE) == ["torch._dynamo.config", "True None"]
    assert run(_LEAVE_OUT + _ASK_FOR_MORE_UTILS) == ["0 True"]


def test_one_that_is_there_already_stays(run: Run) -> None:
    code = """
import sys, types
before = sys.modules["torch._dynamo"] = types.ModuleType("torch._dynamo")
from mnistlab.engine.worker import compiler
compiler.leave_out()
print(sys.modules["torch._dynamo"] is before)
"""
    assert run(code) == ["True"]
