"""Torch without its compiler, in a process of its own as a worker's is."""

import subprocess
import sys

STAND_INS = "['torch._dynamo', 'torch._dynamo.utils']"

_LEAVE_OUT = """
import sys
from mnistlab.engine.worker import compiler
compiler.leave_out()
import torch
"""
_STEP_WITH_EACH_OPTIMIZER = """
from mnistlab.core.settings.registry import OPTIMIZERS
for name, spec in OPTIMIZERS.items():
    weight = torch.nn.Parameter(torch.ones(3))
    optimizer = getattr(torch.optim, spec.module)([weight], lr=0.1)
    optimizer.zero_grad()
    weight.sum().backward()
    optimizer.step()
    state = optimizer.state_dict()
    optimizer.load_state_dict(state)
    print(name, bool((weight < 1).all()))
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


def run(code: str) -> list[str]:
    command = [sys.executable, "-W", "error", "-c", _LEAVE_OUT + code]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


def test_every_optimizer_does_without_it() -> None:
    from mnistlab.core.settings.registry import OPTIMIZERS

    *steps, modules = run(_STEP_WITH_EACH_OPTIMIZER + _MODULES)
    assert steps == [f"{name} True" for name in OPTIMIZERS]
    assert modules == STAND_INS, "nothing of the compiler itself was imported"


def test_torchvision_does_without_it() -> None:
    assert run(_IMPORT_TORCHVISION) == [STAND_INS]


def test_whoever_wants_more_of_it_has_it() -> None:
    assert run(_ASK_FOR_MORE) == ["torch._dynamo.config", "True None"]
    assert run(_ASK_FOR_MORE_UTILS) == ["0 True"]


def test_one_that_is_there_already_stays() -> None:
    code = """
import sys, types
before = sys.modules["torch._dynamo"] = types.ModuleType("torch._dynamo")
from mnistlab.engine.worker import compiler
compiler.leave_out()
print(sys.modules["torch._dynamo"] is before)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "True\n"
