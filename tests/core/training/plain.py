"""The loop as a student writes it in PyTorch, to compare with."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional

from mnistlab.core.data.mnist import Splits
from mnistlab.core.settings.config import RunConfig

OPTIMIZERS: dict[str, Callable[[Iterator[nn.Parameter], RunConfig], torch.optim.Optimizer]] = {
    "sgd": lambda weights, c: torch.optim.SGD(
        weights, c.learning_rate, c.momentum, weight_decay=c.weight_decay, fused=True
    ),
    "rmsprop": lambda weights, c: torch.optim.RMSprop(
        weights, c.learning_rate, weight_decay=c.weight_decay, momentum=c.momentum
    ),
    "adam": lambda weights, c: torch.optim.Adam(
        weights, c.learning_rate, weight_decay=c.weight_decay, fused=True
    ),
    "adamw": lambda weights, c: torch.optim.AdamW(
        weights, c.learning_rate, weight_decay=c.weight_decay, fused=True
    ),
}
LAYERS: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "gelu": nn.GELU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "none": nn.Identity,
}


def plain_losses(config: RunConfig, splits: Splits) -> tuple[list[float], nn.Sequential]:
    """Train as any PyTorch tutorial does; return the loss of each batch, and the network."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        layers: list[nn.Module] = []
        for before, after in pairwise((784, *config.units)):
            layers += [
                nn.Linear(before, after),
                LAYERS[config.activation](),
                nn.Dropout(config.dropout),
            ]
        network = nn.Sequential(*layers, nn.Linear(config.units[-1], 10))
        optimizer = OPTIMIZERS[config.optimizer](network.parameters(), config)
        scheduler = plain_scheduler(config, optimizer)
        images = splits.train.pixels / 255
        losses: list[float] = []
        for epoch in range(config.epochs):
            dice = torch.Generator().manual_seed(201 * config.seed + epoch)
            for batch in torch.randperm(len(images), generator=dice).split(config.batch_size):
                change_rate(optimizer, config, len(losses))
                optimizer.zero_grad()
                each = functional.cross_entropy(
                    network(images[batch]), splits.train.labels[batch], reduction="none"
                )
                each.mean().backward()
                optimizer.step()
                losses.append(each.double().mean().item())
                if len(losses) < config.epochs * config.steps_per_epoch:
                    scheduler.step()
        return losses, network.eval()


def change_rate(optimizer: torch.optim.Optimizer, config: RunConfig, step: int) -> None:
    """Scale the present rate; torch's schedules, but for one-cycle, go on from what it is then."""
    before = config.learning_rate
    for change in config.rate_changes:
        if change.step == step:
            optimizer.param_groups[0]["lr"] *= change.learning_rate / before
        before = change.learning_rate


def plain_scheduler(
    config: RunConfig, optimizer: torch.optim.Optimizer
) -> torch.optim.lr_scheduler.LRScheduler:
    steps = config.epochs * config.steps_per_epoch
    if config.schedule == "cosine":
        return torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps - 1)
    if config.schedule == "one_cycle":
        # Torch warms up until step `pct_start * total_steps - 1`, counted from 0.
        share = (0.3 * (steps - 1) + 1) / steps
        return torch.optim.lr_scheduler.OneCycleLR(
            optimizer, config.learning_rate, steps, pct_start=share, cycle_momentum=False
        )
    return torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1)


def plain_rates(config: RunConfig) -> list[float]:
    """Return torch's learning rate for each step of `config`."""
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=config.learning_rate)
    scheduler = plain_scheduler(config, optimizer)
    rates = []
    for step in range(config.epochs * config.steps_per_epoch):
        change_rate(optimizer, config, step)
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates
