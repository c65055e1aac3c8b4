"""Types of arrays by their content."""

import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]
Float64Array = NDArray[np.float64]

Mask = NDArray[np.bool_]
"""Which pixels are meant, (height, width)."""
Ink = NDArray[np.float32]
"""Brightness of ink from 0 (paper) to 1, of any shape (height, width)."""

Pixels = NDArray[np.uint8]
"""Brightness from 0, black paper, to 255, white ink: (28, 28), (784,), or several of them."""
Views = NDArray[np.uint8]
"""A network's input for one digit: (views, 28, 28), the first as drawn."""
Probabilities = NDArray[np.float32]
"""Ten for each image, summing to one: (images, 10)."""
Labels = NDArray[np.int64]
"""One digit for each image: (images,)."""
Counts = NDArray[np.int64]
"""Images by label and prediction: (10, 10)."""
