"""Training somewhere else: submit a run, watch it, stop it. Dask behind it."""

from mnistlab.engine.engine import Engine
from mnistlab.engine.live import LiveRun, Wait

__all__ = ["Engine", "LiveRun", "Wait"]
