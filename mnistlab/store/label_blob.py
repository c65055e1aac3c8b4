"""Suspicious labels as safetensors, as the store keeps them."""

import numpy as np
import safetensors.numpy

from mnistlab.core.run import SuspiciousLabels

_ARRAYS = {"indices": np.int32, "labels": np.int8, "predictions": np.int8, "margins": np.float32}
_COUNTS = "counts"
_UNKNOWN = -1


def pack(labels: SuspiciousLabels) -> bytes:
    """Write everything as safetensors."""
    likely = _UNKNOWN if labels.likely_wrong is None else labels.likely_wrong
    arrays = {
        # safetensors writes memory in its own order, so a view would be wrong.
        name: np.ascontiguousarray(getattr(labels, name), dtype=kind)
        for name, kind in _ARRAYS.items()
    }
    return safetensors.numpy.save({**arrays, _COUNTS: np.array([labels.negative, likely])})


def unpack(content: bytes) -> SuspiciousLabels:
    """Read what `pack` wrote."""
    arrays = safetensors.numpy.load(content)
    negative, likely = arrays[_COUNTS].tolist()
    return SuspiciousLabels(
        **{name: arrays[name] for name in _ARRAYS},
        negative=negative,
        likely_wrong=None if likely == _UNKNOWN else likely,
    )
