"""One noise for every patient: a single change that flips films it has never seen (Moosavi-Dezfooli et al. 2017).

Learned by signed gradient steps on batches, with the margin cut off above, so that films which have flipped already do
not lead the way (Shafahi et al. 2020, Universal adversarial training, section 3).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from measures import Estimate, rate
from models import decision_logits
from robustness.losses import margin, reached

ENOUGH = 1.0  # logits by which a film may have flipped and still count
FINENESS = 32  # steps that walk once through the budget


@dataclass(frozen=True, eq=False)
class Progress:
    """After one batch: how many of `total` batches were seen, the noise so far, and the share of the batch it flips."""

    index: int
    total: int
    noise: Tensor
    flipped: float


@dataclass(frozen=True, eq=False)
class Universal:
    """`noise` `[1, 1, side, side]` within ± `epsilon` (display units); `flipped`: the share of the films it was learned
    on that it flips; `seconds` wall time; `seed` repeats it; `stopped`: the watcher ended it early."""

    noise: Tensor
    epsilon: float
    flipped: Estimate
    seconds: float
    seed: int
    stopped: bool


def learn_universal(
    model: nn.Module,
    films: Tensor,
    labels: Tensor,
    epsilon: float,
    *,
    goal: int | None = None,
    seed: int,
    passes: int = 8,
    batch: int = 8,
    on_step: Callable[[Progress], bool | None] | None = None,
) -> Universal:
    """Learn one noise on a cohort `[N, 1, side, side]` of square films with the answers to be lost, `[N]`.

    `epsilon` bounds every pixel (display units); with a `goal` every film is to be read as that class. `passes` over
    the cohort in random order, in batches. True from `on_step` ends it; what was learned so far is the result.

    Raises:
        ValueError: films that are not square, no films, or an epsilon outside (0, 1].
    """
    began = time.perf_counter()
    if films.ndim != 4 or films.shape[1] != 1 or films.shape[2] != films.shape[3] or not len(films):
        raise ValueError(f"expected films of shape [N, 1, side, side], got {tuple(films.shape)}")
    if not 0 < epsilon <= 1:
        raise ValueError(f"expected epsilon in (0, 1] (display units), got {epsilon}")
    generator = Generator().manual_seed(seed)
    noise = torch.zeros_like(films[:1])
    per_pass = -(-len(films) // batch)
    total, index, stopped = passes * per_pass, 0, False
    while index < total and not stopped:
        for rows in torch.randperm(len(films), generator=generator).to(films.device).split(batch):
            gradient, won = _pull(model, films[rows], labels[rows], noise, goal)
            stride = epsilon / FINENESS * max(0.1, 1 - index / total) * 2
            noise = (noise + stride * gradient.sign()).clamp(-epsilon, epsilon)
            index += 1
            stopped = on_step is not None and bool(on_step(Progress(index, total, noise, won)))
            if stopped:
                break
    flips = torch.cat([flipped(model, films[rows], labels[rows], noise, goal) for rows in _parts(len(films), batch)])
    seconds = time.perf_counter() - began
    return Universal(noise, epsilon, rate(int(flips.sum()), len(films)), seconds, seed, stopped)


def lay(noise: Tensor, images: Tensor) -> Tensor:
    """Films `[N, 1, H, W]` under the noise, stretched to their size; bilinear, so it stays within its epsilon."""
    if noise.shape[-2:] != images.shape[-2:]:
        noise = F.interpolate(noise, size=images.shape[-2:], mode="bilinear", align_corners=False)
    return (images + noise).clamp(0, 1)


@torch.no_grad()
def flipped(model: nn.Module, images: Tensor, labels: Tensor, noise: Tensor, goal: int | None = None) -> Tensor:
    """Which films the noise brings to the goal (None: away from their label), bool `[N]`."""
    return reached(decision_logits(model, model(lay(noise, images))), labels, goal)


def _pull(model: nn.Module, films: Tensor, labels: Tensor, noise: Tensor, goal: int | None) -> tuple[Tensor, float]:
    """Where the noise should go for these films, and the share that it flips now."""
    noise = noise.clone().requires_grad_(True)
    lead = margin(decision_logits(model, model(lay(noise, films))), labels, goal)
    (gradient,) = torch.autograd.grad(lead.clamp(max=ENOUGH).sum(), noise)
    return gradient, float((lead > 0).float().mean())


def _parts(n: int, batch: int) -> tuple[Tensor, ...]:
    return torch.arange(n).split(batch)
