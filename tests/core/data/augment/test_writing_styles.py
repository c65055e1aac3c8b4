"""Lines that MNIST's writers did not draw: where they go, and how many digits get them."""

import numpy as np
import pytest
import torch
from torch import Tensor

from mnistlab.core.data.augment.writing_styles import STYLES, Frame, draw_lines, restyle
from mnistlab.core.data.mnist import Digits, scale
from mnistlab.core.drawing.mnist_image import render_strokes
from mnistlab.core.drawing.strokes import Stroke

pytestmark = pytest.mark.usefixtures("seeded")


@pytest.fixture
def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


@pytest.fixture
def images(training_digits: Digits) -> Tensor:
    """3,000 training images, (3000, 28, 28)."""
    return scale(training_digits.pixels[:3_000]).reshape(-1, 28, 28)


@pytest.fixture
def labels(training_digits: Digits) -> Tensor:
    """What they show, (3000,)."""
    return training_digits.labels[:3_000]


def ink_sizes(images: Tensor) -> tuple[Tensor, Tensor]:
    """Return heights and widths of the ink in pixels, (n,) each."""
    places = [torch.nonzero(image > 0.4) for image in images]
    sizes = torch.stack([place.amax(dim=0) - place.amin(dim=0) + 1 for place in places])
    return sizes[:, 0], sizes[:, 1]


class TestDrawLines:
    def test_a_level_line_of_two_pixels_fills_two_rows(self) -> None:
        """From x 8 to 20 at y 14: the middles of rows 13 and 14 are half a pixel away."""
        [image] = draw_lines(
            torch.zeros(1, 28, 28),
            torch.tensor([[8.0, 14.0]]),
            torch.tensor([[20.0, 14.0]]),
            torch.tensor([2.0]),
        )
        assert image[:, 8:20].sum(dim=1).tolist() == [0.0] * 13 + [12.0] * 2 + [0.0] * 13

    def test_is_what_a_pen_draws(self) -> None:
        """Pillow's line of the same width, which `render_strokes` draws, within 4 % of the ink."""
        ends = [(6.0, 5.0), (21.0, 20.0)]
        start, end = (torch.tensor([point]) for point in ends)
        [image] = draw_lines(torch.zeros(1, 28, 28), start, end, torch.tensor([2.4]))
        stroke = Stroke(np.array(ends, dtype=np.float32), 2.4)
        drawn = render_strokes([stroke], size=28)
        assert np.abs(image.numpy() - drawn).sum() < 0.1 * drawn.sum()
        assert float(image.sum()) == pytest.approx(drawn.sum(), rel=0.04)

    def test_never_makes_ink_fainter(self, images: Tensor) -> None:
        ends = torch.rand(2, len(images), 2) * 28
        drawn = draw_lines(images, ends[0], ends[1], torch.full((len(images),), 2.4))
        assert (drawn >= images).all()
        assert drawn.max() <= 1


class TestRestyle:
    def test_leaves_the_given_images_and_other_digits_as_they_are(
        self, images: Tensor, labels: Tensor, generator: torch.Generator
    ) -> None:
        before = images.clone()
        restyled, frame = restyle(images, labels, {0: 1.0}, generator)
        assert images.equal(before)
        changed = (restyled != images).flatten(1).any(dim=1)
        assert changed.equal(labels == 0)
        untouched = Frame.of_mnist(int((~changed).sum()))
        assert frame.middle[~changed].equal(untouched.middle)
        assert frame.size[~changed].equal(untouched.size)

    @pytest.mark.parametrize("digit", STYLES)
    def test_gives_the_share_that_is_asked_for_a_line(
        self, images: Tensor, labels: Tensor, digit: int, generator: torch.Generator
    ) -> None:
        """A binomial's share is within 4 standard deviations, 0.11 of about 300 digits."""
        restyled, _ = restyle(images, labels, {digit: 0.3}, generator)
        changed = (restyled != images).flatten(1).any(dim=1)[labels == digit]
        assert float(changed.float().mean()) == pytest.approx(0.3, abs=0.11)

    def test_of_nothing_is_nothing(
        self, images: Tensor, labels: Tensor, generator: torch.Generator
    ) -> None:
        restyled, _ = restyle(images, labels, {}, generator)
        assert restyled.equal(images)
        nobody, _ = restyle(images[:0], labels[:0], {0: 1.0}, generator)
        assert len(nobody) == 0

    def test_notes_where_the_digits_lie_now(
        self, images: Tensor, labels: Tensor, generator: torch.Generator
    ) -> None:
        restyled, frame = restyle(images, labels, {9: 1.0}, generator)
        nines = labels == 9
        height, width = ink_sizes(restyled[nines])
        assert frame.size[nines].tolist() == pytest.approx(
            (torch.maximum(height, width) / 20).tolist()
        )
        rows = (torch.arange(28) + 0.5)[:, None].expand(28, 28)
        mass = restyled[nines].sum(dim=(1, 2))
        middle = (restyled[nines] * rows).sum(dim=(1, 2)) / mass
        assert frame.middle[nines][:, 1].tolist() == pytest.approx(middle.tolist(), rel=1e-4)


class TestStyles:
    def test_a_zero_is_crossed(
        self, images: Tensor, labels: Tensor, generator: torch.Generator
    ) -> None:
        """The middle of nearly every ring is empty before, and inked afterwards."""
        zeros = images[labels == 0]
        hollow = zeros[:, 13:15, 13:15].amax(dim=(1, 2)) < 0.2
        assert hollow.float().mean() > 0.8
        crossed = STYLES[0](zeros[hollow], generator)
        assert (crossed[:, 12:16, 12:16].amax(dim=(1, 2)) > 0.5).float().mean() > 0.95

    def test_a_one_is_made_wider(
        self, images: Tensor, labels: Tensor, generator: torch.Generator
    ) -> None:
        ones = images[labels == 1]
        _, before = ink_sizes(ones)
        _, after = ink_sizes(STYLES[1](ones, generator))
        assert (after >= before).all()
        assert (after - before).float().mean() > 2

    def test_a_four_s_bar_goes_on_to_the_right(
        self, images: Tensor, labels: Tensor, generator: torch.Generator
    ) -> None:
        """From within the digit, below its top, to the right of its middle."""
        fours = images[labels == 4]
        added = STYLES[4](fours, generator) - fours
        assert added[:, :, 14:].sum() > 0.9 * added.sum()
        assert added[:, 10:24].sum() > 0.95 * added.sum()
        _, before = ink_sizes(fours)
        _, after = ink_sizes(STYLES[4](fours, generator))
        assert (after >= before).all()
        assert (after - before).float().mean() > 1

    def test_a_seven_is_crossed_halfway_down(
        self, images: Tensor, labels: Tensor, generator: torch.Generator
    ) -> None:
        places = torch.arange(28) + 0.5
        sevens = images[labels == 7]
        added = (STYLES[7](sevens, generator) - sevens).sum(dim=2)  # (n, 28), by row
        crossed = added @ places / added.sum(dim=1)
        inked = (sevens.amax(dim=2) > 0.4) * places
        halfway = (inked.amax(dim=1) + inked.where(inked > 0, torch.inf).amin(dim=1)) / 2
        assert float((crossed - halfway).abs().mean()) < 1

    def test_a_nine_stands_on_a_line_to_the_left(
        self, images: Tensor, labels: Tensor, generator: torch.Generator
    ) -> None:
        nines = images[labels == 9]
        added = STYLES[9](nines, generator) - nines
        assert added[:, 18:].sum() > 0.95 * added.sum()
        assert added[:, :, :14].sum() > 0.7 * added.sum()
