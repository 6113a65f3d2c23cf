"""The training loop: seeded, resumable at every epoch, with or without an adversary."""

from __future__ import annotations

import copy
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor, nn

from training.tasks import Classify, Task

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Adversary:
    """An L∞ adversary inside the loop (Madry et al. 2018, section 2.1); `epsilon` in display units, ramped up."""

    epsilon: float
    steps: int
    ramp_epochs: int


@dataclass(frozen=True)
class Plan:
    """How to train. `films_per_epoch` are drawn from the pools by their shares, classes even within each.

    `weight_epsilon`: each step first moves every kernel so far, relative to its norm, in the direction that harms most
    (adversarial weight perturbation, Wu et al., NeurIPS 2020, section 4); 0: it does not.
    """

    epochs: int
    films_per_epoch: int
    rate: float
    batch: int = 64
    weight_decay: float = 5e-4
    smoothing: float = 0.05
    average: float = 0.995
    weight_epsilon: float = 0.0
    seed: int = 0
    adversary: Adversary | None = None


def train(model: nn.Module, pools: list[Any], plan: Plan, checkpoint: Path, task: Task | None = None) -> nn.Module:
    """Train on a task (None: `Classify`), on the model's device, and return the weight-averaged model in eval mode.

    The average is Izmailov et al.'s (2018), as an exponential mean. The state after each epoch is kept at `checkpoint`;
    a run that was cut goes on from there and ends with the same weights as one that was not, since every epoch draws
    from a seed of its own. Of a finished run only the average and the losses are kept.
    """
    task = task or Classify()
    average = copy.deepcopy(model)
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location="cpu", weights_only=True)
        if state["epoch"] == plan.epochs:
            average.load_state_dict(state["average"])
            return average.eval()
    optimizer = torch.optim.SGD(
        model.parameters(), plan.rate, momentum=0.9, nesterov=True, weight_decay=plan.weight_decay
    )
    per_epoch = plan.films_per_epoch // plan.batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, plan.rate, plan.epochs * per_epoch, pct_start=0.2)
    parts = {"model": model, "average": average, "optimizer": optimizer, "schedule": schedule}
    begun, course = 0, []
    if checkpoint.exists():
        begun, course = state.pop("epoch"), state.pop("losses")
        for name, part in parts.items():
            part.load_state_dict(state[name])
    model.to(memory_format=torch.channels_last)
    for epoch in range(begun, plan.epochs):
        started = time.monotonic()
        course.append(_epoch(model, average, optimizer, schedule, pools, task, plan, epoch))
        log.info("epoch %d of %d: loss %.4f, %.0f s", epoch + 1, plan.epochs, course[-1], time.monotonic() - started)
        checkpoint.parent.mkdir(parents=True, exist_ok=True)
        unfinished = checkpoint.with_suffix(".part")
        kept = parts if epoch + 1 < plan.epochs else {"average": average}
        told = {"epoch": epoch + 1, "losses": course}
        torch.save({name: part.state_dict() for name, part in kept.items()} | told, unfinished)
        unfinished.replace(checkpoint)
    return average.eval()


def losses(checkpoint: Path) -> tuple[float, ...]:
    """The mean loss of each epoch of the run that is kept there."""
    return tuple(torch.load(checkpoint, map_location="cpu", weights_only=True)["losses"])


def _epoch(
    model: nn.Module,
    average: nn.Module,
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    pools: list[Any],
    task: Task,
    plan: Plan,
    epoch: int,
) -> float:
    seed = 1_000_003 * plan.seed + epoch
    device = next(model.parameters()).device
    rng, generator = np.random.default_rng(seed), Generator(device).manual_seed(seed)
    torch.manual_seed(seed)
    each = []
    model.train()
    for _ in range(plan.films_per_epoch // plan.batch):
        films, targets = task.batch(model, pools, plan.batch, rng, generator)
        if plan.adversary is not None:
            epsilon = plan.adversary.epsilon * min(1, (epoch + 1) / plan.adversary.ramp_epochs)
            films = _perturb(model, films, targets, task, epsilon, plan.adversary.steps, generator)
        optimizer.zero_grad(set_to_none=True)
        with _moved(model, task, films, targets, plan):
            loss = task.loss(model, films, targets, plan.smoothing)
            loss.backward()
        optimizer.step()
        schedule.step()
        _follow(average, model, plan.average)
        each.append(loss.detach())
    return float(torch.stack(each).mean())


@contextmanager
def _moved(model: nn.Module, task: Task, films: Tensor, targets: Any, plan: Plan) -> Iterator[None]:
    """The model with its kernels moved to where they harm most, within `plan.weight_epsilon`, and back."""
    if not plan.weight_epsilon:
        yield
        return
    kernels = [parameter for parameter in model.parameters() if parameter.ndim > 1]
    gradients = torch.autograd.grad(task.loss(model, films, targets, plan.smoothing), kernels)
    with torch.no_grad():
        moves = [
            plan.weight_epsilon * kernel.norm() / gradient.norm().clamp_min(1e-12) * gradient
            for kernel, gradient in zip(kernels, gradients, strict=True)
        ]
        torch._foreach_add_(kernels, moves)
    yield
    with torch.no_grad():
        torch._foreach_sub_(kernels, moves)


def _perturb(
    model: nn.Module, films: Tensor, targets: Any, task: Task, epsilon: float, steps: int, generator: Generator
) -> Tensor:
    """PGD from a random start. At the network's own size: an adversary at a finer resolution reaches no further,
    since shrinking averages pixels and keeps every change within epsilon."""
    model.eval()  # batch statistics of half-made perturbations must not enter the running means
    delta = epsilon * (2 * torch.rand(films.shape, generator=generator, device=films.device) - 1)
    step = 1.25 * epsilon / steps if steps > 1 else 1.25 * epsilon
    for _ in range(steps):
        delta.requires_grad_(True)
        (gradient,) = torch.autograd.grad(task.harm(model, films + delta, targets), delta)
        delta = (delta.detach() + step * gradient.sign()).clamp(-epsilon, epsilon)
        delta = (films + delta).clamp(0, 1) - films
    model.train()
    return films + delta


@torch.no_grad()
def _follow(average: nn.Module, model: nn.Module, decay: float) -> None:
    for mean, current in zip(average.state_dict().values(), model.state_dict().values(), strict=True):
        if mean.is_floating_point():
            mean.lerp_(current, 1 - decay)
        else:
            mean.copy_(current)
