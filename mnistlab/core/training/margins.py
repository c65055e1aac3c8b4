"""Margins of single training images, from which wrong labels are found.

A network resists a wrong label for as long as it learns a rule and not each image by heart, so
that the mean margin of the image stays negative: the area under the margin of Pleiss et al. 2020,
"Identifying mislabeled data using the area under the margin ranking". They stop counting at the
first drop of the learning rate; here the last epoch that counts is the best one. The first is
left out, in which most margins are those of a network that knows little yet.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from mnistlab.core.data.batches import image_order
from mnistlab.core.settings.config import RunConfig


@dataclass
class Margins:
    """Sums of each training image's margins, and their means up to the best epoch.

    An image's margin is the logit of its label minus the largest of the others, in nats, before
    the step on its batch, with the distortions and the dropout of that step.

    Attributes:
        sums: Over all steps since the first epoch, or within it, (images,).
        means: Over all epochs after the first up to the best, or of the first if that is the best,
            (images,); None before an epoch has ended.
    """

    sums: Tensor
    means: Tensor | None = None

    @classmethod
    def none_yet(cls, images: int) -> "Margins":
        """Return the sums of so many images before the first step."""
        return cls(torch.zeros(images))

    def add(self, config: RunConfig, step: int, margins: Tensor) -> None:
        """Add the margins of steps within one epoch.

        Args:
            config: The run's settings.
            step: The first of the steps, the run's first being 1.
            margins: Of all images of their batches, in order, (images,).
        """
        epoch, done = divmod(step - 1, config.steps_per_epoch)
        start = done * config.batch_size
        images = image_order(config, epoch)[start : start + len(margins)]
        self.sums.index_add_(0, images, margins)

    def end_epoch(self, epoch: int, is_best: bool) -> None:
        """Keep the means up to a best epoch, the run's first being 1; forget the first epoch's."""
        if is_best:
            self.means = self.sums / max(epoch - 1, 1)
        if epoch == 1:
            self.sums.zero_()
