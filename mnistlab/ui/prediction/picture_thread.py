"""One thread that decodes and reads all visitors' pictures.

So thirty at once need the memory of one. A lock would leave each thread what it once allocated.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_Result = TypeVar("_Result")

_thread = ThreadPoolExecutor(1, thread_name_prefix="pictures")


def run(function: Callable[_P, _Result], *args: _P.args, **kwargs: _P.kwargs) -> _Result:
    """Return what a function returns in that thread, or raise what it raises.

    Args:
        function: What is called, after those that others have asked for.
        args: Its arguments.
        kwargs: Likewise, by name.
    """
    return _thread.submit(function, *args, **kwargs).result()
