"""The notebook's training, as a student writes it: plain PyTorch and torchvision.

Nothing here is tuned, since it is what the project's own loop is compared with.
"""

import math
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision.datasets import MNIST
from torchvision.transforms import ToTensor

from mnistlab.core.data.archive import unpack

_BATCH_SIZE = 64


def load_images(cache: Path, images: int) -> MNIST:
    """Return the first `images` of MNIST's training images, unpacked to `cache`."""
    dataset = MNIST(unpack(cache), train=True, transform=ToTensor())
    # A `Subset` around it would cost the loop time that the notebook does not spend.
    dataset.data, dataset.targets = dataset.data[:images], dataset.targets[:images]
    return dataset


def build_model() -> nn.Sequential:
    """Return the notebook's network."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 512),
        nn.ReLU(),
        nn.Linear(512, 512),
        nn.ReLU(),
        nn.Linear(512, 10),
    )


def train(dataset: MNIST, epochs: int) -> list[float]:
    """Train a new network; return the seconds that each epoch took."""
    networks = train_on_and_on(dataset)
    seconds = []
    for _ in range(epochs):
        start = time.perf_counter()
        for _ in range(count_steps(dataset)):
            next(networks)
        seconds.append(time.perf_counter() - start)
    return seconds


def count_steps(dataset: MNIST) -> int:
    """Return how many steps an epoch has."""
    return math.ceil(len(dataset) / _BATCH_SIZE)


def train_on_and_on(dataset: MNIST) -> Iterator[nn.Module]:
    """Train a new network for as long as it is asked for; give it after each step."""
    loader = DataLoader(dataset, batch_size=_BATCH_SIZE, shuffle=True)
    model = build_model()
    loss_function = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    while True:
        for images, labels in loader:
            optimizer.zero_grad()
            loss = loss_function(model(images), labels)
            loss.backward()
            optimizer.step()
            yield model
