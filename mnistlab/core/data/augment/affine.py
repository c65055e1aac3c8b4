"""Random distortions of training images.

Each image of each batch has a distortion of its own. torchvision's transforms draw one for the
whole batch: image by image, `RandomAffine` takes half a millisecond, 29 s for an epoch of
55,000, and `ElasticTransform` 2.4 ms (our own measurement, one core). Here a thousand images
take seven milliseconds.
"""

import functools
import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from mnistlab.core.data.augment.writing_styles import Frame, restyle
from mnistlab.core.data.geometry import CENTRE, FIELD
from mnistlab.core.data.mnist import Digits, scale
from mnistlab.core.data.reproducible import SingleThread
from mnistlab.core.settings.config import DIGITS
from mnistlab.core.settings.distortions import DISTORTIONS, Samples, Warp

SAMPLE_SEED = 6
"""A seed whose samples show most of what each distortion does."""

_KNOTS = 5
"""Points on a side whose random shifts bend an image, interpolated in between."""


def distort(name: str, images: Tensor, labels: Tensor, generator: torch.Generator) -> Tensor:
    """Distort each image at random.

    Args:
        name: Of `DISTORTIONS`.
        images: Brightness from 0 to 1, (n, 784).
        labels: Their digits, (n,).
        generator: Draws the distortions.

    Returns:
        Images (n, 784); for "none" those given.
    """
    spec = DISTORTIONS[name]
    if spec.warp is None:
        return images
    squares = images.reshape(-1, FIELD, FIELD)
    restyled, frame = restyle(squares, labels, spec.restyled, generator)
    return warp(restyled, frame, spec.warp, generator).flatten(1)


def distort_by_seed(name: str, digits: Digits, seed: int) -> Tensor:
    """Distort images by a seed; return them from 0 to 1, (n, 784)."""
    generator = torch.Generator().manual_seed(seed)
    return distort(name, scale(digits.pixels), digits.labels, generator)


def make_samples(digits: Digits, times: int) -> Samples:
    """Distort the first image of each digit several times, by each kind of distortion.

    Args:
        digits: Images to choose from, of every digit.
        times: How often each is distorted.
    """
    firsts = torch.stack([(digits.labels == digit).int().argmax() for digit in range(DIGITS)])
    chosen = digits.pick(firsts.repeat(times))
    return {
        name: _sample(name, chosen).reshape(times, DIGITS, FIELD, FIELD) for name in DISTORTIONS
    }


def _sample(name: str, digits: Digits) -> NDArray[np.uint8]:
    images = distort_by_seed(name, digits, SAMPLE_SEED)
    return (images * 255).round().to(torch.uint8).numpy()


def warp(images: Tensor, frame: Frame, spec: Warp, generator: torch.Generator) -> Tensor:
    """Rotate, scale, shear, shift and bend each image at random, (n, 28, 28).

    Args:
        images: (n, 28, 28).
        frame: The digits' places and sizes, which are normalized to MNIST's.
        spec: The limits of the distortion.
        generator: Draws the distortions.
    """
    bends = torch.randn(len(images), 2, _KNOTS**2, generator=generator) * (spec.bend / _HALF)
    ways = torch.cat([_matrices(frame, spec, generator), bends], dim=2)  # (n, 2, 3 + knots²)
    fields = _fields()
    with SingleThread():  # a small product, whose results depend on the number of threads
        places = ways @ fields
    places = places.reshape(-1, 2, FIELD, FIELD).permute(0, 2, 3, 1)
    warped = functional.grid_sample(images[:, None], places, align_corners=False)
    return warped[:, 0]


_HALF = FIELD / 2
"""Half an image in pixels, which `grid_sample` calls 1."""


@functools.cache
def _fields() -> Tensor:
    """Return the terms of a place: x, y, 1, and each knot's influence, (3 + knots², 784).

    Not computed on import, which may be in another thread than the training: both would then
    have a pool of threads (`engine/worker/cores.py`).
    """
    side = (torch.arange(FIELD) + 0.5) / _HALF - 1
    y, x = torch.meshgrid(side, side, indexing="ij")
    knots = torch.eye(_KNOTS**2).reshape(-1, 1, _KNOTS, _KNOTS)
    reach = functional.interpolate(knots, (FIELD, FIELD), mode="bicubic", align_corners=True)
    return torch.cat([torch.stack([x, y, torch.ones_like(x)])[:, None], reach]).flatten(1)


def _matrices(frame: Frame, spec: Warp, generator: torch.Generator) -> Tensor:
    """Return the affine maps from places in distorted images to the originals, (n, 2, 3)."""
    draw = functools.partial(_around_zero, len(frame.size), generator)
    angle = draw() * math.radians(spec.rotation)
    size = (draw() * spec.size).exp() * frame.size
    width = (draw() * spec.width).exp()
    slant = draw() * spec.slant
    shift = torch.stack([draw(), draw()], dim=1) * spec.shift
    cos, sin = angle.cos(), angle.sin()
    x_row = [cos * width, cos * slant - sin / width]
    y_row = [sin * width, sin * slant + cos / width]
    turns = torch.stack([torch.stack(x_row, dim=1), torch.stack(y_row, dim=1)], dim=1)
    moves = (frame.middle - CENTRE + shift) / _HALF
    return torch.cat([turns * size[:, None, None], moves[:, :, None]], dim=2)


def _around_zero(count: int, generator: torch.Generator) -> Tensor:
    """Draw numbers between −1 and 1, (count,)."""
    return torch.rand(count, generator=generator) * 2 - 1
