"""Decision trees whose sum predicts a number, read from a file and evaluated in numpy.

They are fitted by scikit-learn (`python -m benchmarks fit_causes`), which the product does without.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.arrays import Float64Array


@dataclass(frozen=True)
class Forest:
    """Binary trees, all nodes in a row; a leaf is its own child.

    Attributes:
        feature: Which feature a node asks for, (nodes,).
        threshold: Up to which its left child is next, (nodes,).
        left: The left child, (nodes,).
        right: The right child, (nodes,).
        missing_left: Whether the left child is next where the feature is NaN, (nodes,).
        value: What a leaf adds, (nodes,).
        roots: The first node of each tree, (trees,).
        start: What is there before any tree.
        depth: Steps from a root to the deepest leaf.
    """

    feature: NDArray[np.int16]
    threshold: NDArray[np.float64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    missing_left: NDArray[np.bool_]
    value: NDArray[np.float32]
    roots: NDArray[np.int32]
    start: float
    depth: int

    def predict(self, features: Float64Array) -> Float64Array:
        """Return the sum of all trees, (rows,), for features (rows, features)."""
        rows = np.arange(len(features))[:, None]
        at = np.broadcast_to(self.roots, (len(features), len(self.roots)))  # (rows, trees)
        for _ in range(self.depth):
            asked = features[rows, self.feature[at]]
            goes_left = np.where(
                np.isnan(asked), self.missing_left[at], asked <= self.threshold[at]
            )
            at = np.where(goes_left, self.left[at], self.right[at])
        sums: Float64Array = self.start + self.value[at].sum(axis=1, dtype=np.float64)
        return sums
