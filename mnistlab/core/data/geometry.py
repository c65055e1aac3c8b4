"""The geometry of MNIST's images (source: `drawing/mnist_image.py`)."""

FIELD = 28
"""Width and height of an image."""
BOX = 20
"""Width and height that a digit fits in."""
CENTRE = 14
"""The row and the column of the centre of mass, counting from 0. Our own measurement:
over MNIST's 60,000 training images both average 14.0, and spread evenly from 13.5 to
14.5, so that digits were moved by whole pixels."""
