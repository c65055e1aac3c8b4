"""Training images are bent within bounds, each by itself, the same from the same seed."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from mnistlab.core.data.augment.affine import SAMPLE_SEED, distort, make_samples, warp
from mnistlab.core.data.augment.writing_styles import STYLES, Frame, restyle
from mnistlab.core.data.mnist import Digits, scale
from mnistlab.core.settings.distortions import DISTORTIONS, Warp

NOTHING = Warp(rotation=0, size=0, width=0, slant=0, shift=0, bend=0)
COUNT = 500

distorting = pytest.mark.parametrize("name", [name for name in DISTORTIONS if name != "none"])


def seeded_generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def bars(height: int, width: int) -> Tensor:
    """An upright bar in the middle of each of some images, (n, 28, 28)."""
    images = torch.zeros(COUNT, 28, 28)
    top, left = 14 - height // 2, 14 - width // 2
    images[:, top : top + height, left : left + width] = 1
    return images


def moments(images: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Return means of x and y, variances of x and y, and their covariance, (n,) each."""
    places = torch.arange(28) + 0.5
    columns, rows = images.sum(dim=1), images.sum(dim=2)
    mass = images.sum(dim=(1, 2))
    x, y = columns @ places / mass, rows @ places / mass
    xx, yy = columns @ places**2 / mass - x**2, rows @ places**2 / mass - y**2
    products = torch.einsum("nij,i,j->n", images, places, places)
    return x, y, xx, yy, products / mass - x * y


def warped(images: Tensor, spec: Warp) -> Tensor:
    return warp(images, Frame.of_mnist(len(images)), spec, seeded_generator())


def spreads_evenly(values: Tensor, most: float) -> bool:
    """Tell whether values look drawn evenly from −most to most: by both ends, and quartiles."""
    low, quarter, three, high = values.quantile(torch.tensor([0.01, 0.25, 0.75, 0.99])).tolist()
    expected = [-most, -most / 2, most / 2, most]
    return [low, quarter, three, high] == pytest.approx(expected, abs=0.2 * most)


class TestWarp:
    def test_of_nothing_is_the_image(self, test_digits: Digits) -> None:
        images = scale(test_digits.pixels[:50]).reshape(-1, 28, 28)
        assert warped(images, NOTHING).numpy() == pytest.approx(images.numpy(), abs=1e-4)

    def test_turns_to_either_side(self) -> None:
        spec = Warp(rotation=20, size=0, width=0, slant=0, shift=0, bend=0)
        _, _, xx, yy, xy = moments(warped(bars(20, 4), spec))
        lean = 0.5 * torch.atan2(2 * xy, yy - xx).rad2deg()
        assert spreads_evenly(lean, 20)

    def test_makes_larger_and_smaller(self) -> None:
        spec = Warp(rotation=0, size=0.2, width=0, slant=0, shift=0, bend=0)
        _, _, xx, yy, _ = moments(warped(bars(16, 16), spec))
        before = (16**2 - 1) / 12
        assert spreads_evenly((yy / before).log() / 2, 0.2)
        assert (xx / yy).numpy() == pytest.approx(1, abs=0.01)

    def test_makes_wider_and_narrower(self) -> None:
        """The width is multiplied by what the height is divided by."""
        spec = Warp(rotation=0, size=0, width=0.2, slant=0, shift=0, bend=0)
        _, _, xx, yy, _ = moments(warped(bars(16, 16), spec))
        assert spreads_evenly((xx / yy).log() / 4, 0.2)

    def test_slants_to_either_side(self) -> None:
        spec = Warp(rotation=0, size=0, width=0, slant=0.3, shift=0, bend=0)
        _, _, _, yy, xy = moments(warped(bars(20, 4), spec))
        assert spreads_evenly(xy / yy, 0.3)

    def test_moves_in_both_directions(self) -> None:
        spec = Warp(rotation=0, size=0, width=0, slant=0, shift=2, bend=0)
        x, y, _, _, _ = moments(warped(bars(8, 8), spec))
        assert spreads_evenly(x - 14, 2)
        assert spreads_evenly(y - 14, 2)
        assert abs(torch.corrcoef(torch.stack([x, y]))[0, 1]) < 0.2

    def test_bends_what_is_straight(self) -> None:
        """A dot near the middle is moved by the knot there: about `bend` pixels, any way."""
        spec = Warp(rotation=0, size=0, width=0, slant=0, shift=0, bend=1.0)
        x, y, _, _, _ = moments(warped(bars(2, 2), spec))
        assert float(x.std()) == pytest.approx(1.0, abs=0.25)
        assert float(y.std()) == pytest.approx(1.0, abs=0.25)
        ends = warped(bars(24, 2), spec)
        tops, bottoms = (moments(_only_rows(ends, *rows))[0] for rows in [(0, 8), (20, 28)])
        assert abs(torch.corrcoef(torch.stack([tops, bottoms]))[0, 1]) < 0.3

    def test_brings_a_digit_back_to_where_mnists_lie(self) -> None:
        images = torch.zeros(1, 28, 28)
        images[:, 2:26, 10:28] = 1  # 24 by 18, its middle at x 19, y 14
        frame = Frame(torch.tensor([[19.0, 14.0]]), torch.tensor([24 / 20]))
        [image] = warp(images, frame, NOTHING, seeded_generator())
        expected = torch.zeros(28, 28)
        expected[4:24, 7:22] = 1  # 20 by 15, in the centre
        assert (image - expected)[5:23, 8:21].abs().max() < 1e-5
        assert float(image.sum()) == pytest.approx(float(expected.sum()), rel=0.03)


def _only_rows(images: Tensor, first: int, end: int) -> Tensor:
    kept = torch.zeros_like(images)
    kept[:, first:end] = images[:, first:end]
    return kept


class TestDistort:
    def test_none_gives_the_very_images(self, test_digits: Digits) -> None:
        images = scale(test_digits.pixels[:3])
        assert distort("none", images, test_digits.labels[:3], seeded_generator()) is images

    @distorting
    def test_gives_images_of_the_same_shape_and_range(self, name: str, test_digits: Digits) -> None:
        images, labels = scale(test_digits.pixels[:500]), test_digits.labels[:500]
        before = images.clone()
        distorted = distort(name, images, labels, seeded_generator())
        assert (distorted.shape, distorted.dtype) == (images.shape, images.dtype)
        assert distorted.min() >= 0
        assert distorted.max() <= 1
        assert images.equal(before)

    @distorting
    def test_no_two_copies_are_alike(self, name: str, test_digits: Digits) -> None:
        images = scale(test_digits.pixels[:1]).expand(20, -1)
        copies = distort(name, images, test_digits.labels[:1].expand(20), seeded_generator())
        assert torch.cdist(copies, copies).add(10 * torch.eye(20)).min() > 0.5

    @distorting
    def test_is_the_same_from_the_same_seed(self, name: str, test_digits: Digits) -> None:
        """The number of threads doesn't show either: see `tests/engine/worker/test_cores.py`."""
        images, labels = scale(test_digits.pixels[:100]), test_digits.labels[:100]
        copies = []
        for seed in (5, 5, 6):
            copies.append(distort(name, images, labels, seeded_generator(seed)))
        assert copies[0].equal(copies[1])
        assert not copies[0].equal(copies[2])

    @distorting
    def test_keeps_digits_where_mnists_lie(self, name: str, test_digits: Digits) -> None:
        """Within two pixels of the centre, and none cut off at the edge by much."""
        images, labels = scale(test_digits.pixels[:2_000]), test_digits.labels[:2_000]
        distorted = distort(name, images, labels, seeded_generator()).reshape(-1, 28, 28)
        x, y, _, _, _ = moments(distorted)
        assert math.hypot(*(float((part - 14).abs().max()) for part in (x, y))) < 4
        edge = distorted.clone()
        edge[:, 1:-1, 1:-1] = 0
        assert (edge.sum(dim=(1, 2)) > 0.05 * distorted.sum(dim=(1, 2))).float().mean() < 0.02


class TestSamples:
    def test_are_the_ten_digits_in_order_for_every_distortion(
        self, training_digits: Digits
    ) -> None:
        samples = make_samples(training_digits, 3)
        assert samples.keys() == DISTORTIONS.keys()
        firsts = [int((training_digits.labels == digit).int().argmax()) for digit in range(10)]
        plain = training_digits.pixels[firsts].reshape(10, 28, 28).numpy()
        for name, images in samples.items():
            assert (images.shape, images.dtype) == ((3, 10, 28, 28), np.uint8)
            alike = [
                np.corrcoef(image.ravel(), plain[i % 10].ravel())[0, 1]
                for i, image in enumerate(images.reshape(30, 28, 28))
            ]
            assert np.median(alike) > 0.5, name

    def test_show_what_mnist_lacks(self, training_digits: Digits) -> None:
        """One digit in eight gets a line; the seed is one that shows all five ways of writing."""
        firsts = [int((training_digits.labels == digit).int().argmax()) for digit in range(10)]
        chosen = training_digits.pick(torch.tensor(firsts * 3))
        images = scale(chosen.pixels).reshape(-1, 28, 28)
        shares = DISTORTIONS["handwriting"].restyled
        restyled, _ = restyle(images, chosen.labels, shares, seeded_generator(SAMPLE_SEED))
        changed = (restyled != images).flatten(1).any(dim=1)
        assert set(chosen.labels[changed].tolist()) == set(STYLES)

    def test_draw_nothing_from_the_generator(self, training_digits: Digits) -> None:
        state = torch.get_rng_state()
        make_samples(training_digits, 1)
        assert torch.get_rng_state().equal(state)
