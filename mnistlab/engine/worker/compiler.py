"""Torch without its compiler, which its optimizers and torchvision import and don't use.

Nothing here is compiled. `python -m benchmarks start`, first_point_cold_s: importing what workers
share takes 2.1 s of processor time and 633 MB with the stand-in, 3.4 s and 786 MB without.
"""

import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import TypeVar

import torch

Function = TypeVar("Function", bound=Callable[..., object])

_NAME = "torch._dynamo"


def leave_out() -> None:
    """Replace the compiler by a stand-in, unless it is imported already."""
    if _NAME in sys.modules:
        return
    compiler, utils = _StandIn(_NAME), _StandIn(f"{_NAME}.utils")
    # All attributes that are used while nothing is compiled.
    vars(compiler).update(disable=_disable, graph_break=lambda: None, utils=utils)
    vars(utils).update(is_compile_supported=lambda device_type: False)
    for module in (compiler, utils):
        sys.modules[module.__name__] = module
    setattr(torch, "_dynamo", compiler)  # noqa: B010


class _StandIn(ModuleType):
    """Imports the compiler as soon as any other attribute is used."""

    def __getattr__(self, name: str) -> object:
        # Python's own tools read these of every module, the path of packages.
        if name.startswith("__") and (name, self.__name__) != ("__path__", _NAME):
            raise AttributeError(name)
        if isinstance(sys.modules.get(_NAME), _StandIn):
            del sys.modules[_NAME], sys.modules[f"{_NAME}.utils"]
            setattr(torch, "_dynamo", importlib.import_module(_NAME))  # noqa: B010
        return getattr(importlib.import_module(self.__name__), name)


def _disable(function: Function, recursive: bool = True, *, wrapping: bool = True) -> Function:
    """Return the function, since nothing is compiled."""
    return function
