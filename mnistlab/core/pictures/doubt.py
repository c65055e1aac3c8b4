"""A network's probabilities, and the doubt whether it was given the right ink."""

import numpy as np

from mnistlab.core.arrays import Probabilities


def temper(probabilities: Probabilities, plausibility: float) -> Probabilities:
    """Return probabilities (..., 10) as far as the reading is plausible, and equal ones beyond.

    Args:
        probabilities: A network's, for the ink of a reading.
        plausibility: The probability that this ink is the digit that is meant.
    """
    doubt = np.float32(1 - plausibility)
    tempered: Probabilities = probabilities * (1 - doubt) + doubt / 10
    return tempered
