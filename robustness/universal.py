"""One noise for every patient: a single change that flips films it has never seen (Moosavi-Dezfooli et al. 2017).

Learned by signed gradient steps with momentum on batches (Dong et al. 2018, Boosting adversarial attacks), with the
margin cut off above, so that films which have flipped for good do not lead the way (Shafahi et al. 2020, Universal
adversarial training, section 3). It lives on a square raster that is laid over the longer side of any film.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

import imaging
from imaging import Radiograph
from measures import Estimate, rate
from models import decision_logits, read
from robustness.attacks.ascent import gradient_of
from robustness.budget import Budget
from robustness.lattice import Lattice
from robustness.losses import answered, margin, reached
from robustness.norms import NORMS, TINY
from robustness.threat import GREY, ThreatModel

ENOUGH = 4.0  # logits by which a film may have flipped and still count
MOMENTUM = 0.8
PATH = 5  # epsilons that the noise walks in all
SHIFT = 0.04  # of the side, by which a film may lie elsewhere each time it is seen


@dataclass(frozen=True)
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
    steps: int = 64,
    batch: int = 8,
    on_step: Callable[[Progress], bool | None] | None = None,
) -> Universal:
    """Learn one noise on a cohort `[N, 1, side, side]` of square films with the answers to be lost, `[N]`.

    `epsilon` bounds every pixel (display units); with a `goal` every film is to be read as that class. One step follows
    one batch; the cohort is gone through in random order, again and again, each film shifted a little and mirrored by
    chance, so that the noise does not hang on where one person's ribs lie. True from `on_step` ends it; the result is
    what was learned so far.

    Raises:
        ValueError: films that are not square, no films, fewer than one step, or an epsilon outside (0, 1].
    """
    began = time.perf_counter()
    if films.ndim != 4 or films.shape[1] != 1 or films.shape[2] != films.shape[3] or not len(films):
        raise ValueError(f"expected films of shape [N, 1, side, side], got {tuple(films.shape)}")
    if not 0 < epsilon <= 1:
        raise ValueError(f"expected epsilon in (0, 1] (display units), got {epsilon}")
    if steps < 1:
        raise ValueError(f"expected steps >= 1, got {steps}")
    noise, velocity, stopped = torch.zeros_like(films[:1]), torch.zeros_like(films[:1]), False
    for index, (seen, wanted) in zip(range(steps), _batches(films, labels, batch, seed), strict=False):
        gradient, won = _pull(model, seen, wanted, noise, goal)
        velocity = MOMENTUM * velocity + gradient / gradient.abs().mean().clamp_min(TINY)
        stride = epsilon * PATH / steps * (1 + math.cos(math.pi * index / steps))
        noise = (noise + stride * velocity.sign()).clamp(-epsilon, epsilon)
        stopped = on_step is not None and bool(on_step(Progress(index + 1, steps, noise, won)))
        if stopped:
            break
    parts = torch.arange(len(films), device=films.device).split(batch)
    flips = torch.cat([flipped(model, films[rows], labels[rows], noise, goal) for rows in parts])
    seconds = time.perf_counter() - began
    return Universal(noise, epsilon, rate(int(flips.sum()), len(films)), seconds, seed, stopped)


def learn_on_radiographs(
    model: nn.Module,
    radiographs: Sequence[Radiograph],
    *,
    epsilon: float,
    goal: str | None = None,
    side: int,
    seed: int,
    steps: int = 64,
    on_step: Callable[[Progress], bool | None] | None = None,
) -> Universal:
    """Learn one noise of `side` × `side` points on a cohort, against the model's own readings of it.

    `epsilon` in grey levels of 255; `goal` is the class that every film is to be read as, and films that are read so
    already take no part; None: anything but what each is read as now.

    Raises:
        ValueError: a class that the model lacks, no film that could still flip, or as `learn_universal`.
    """
    classes = model.card.classes
    if goal is not None and goal not in classes:
        raise ValueError(f"expected the goal to be one of {', '.join(classes)}, got {goal!r}")
    readings = [read(model, radiograph).prediction for radiograph in radiographs]
    taking = [(film, reading) for film, reading in zip(radiographs, readings, strict=True) if reading != goal]
    if not taking:
        raise ValueError(f"The model already reads every film it could be learned on as {goal}. Choose another aim.")
    films = on_raster([film for film, _ in taking], side).to(next(model.parameters()).device)
    labels = films.new_tensor([classes.index(reading) for _, reading in taking]).long()
    target = None if goal is None else classes.index(goal)
    return learn_universal(model, films, labels, epsilon / GREY, goal=target, seed=seed, steps=steps, on_step=on_step)


def random_noise(noise: Tensor, epsilon: float, *, seed: int) -> Tensor:
    """The control: a noise of the same shape whose every point is up or down by `epsilon` (display units) by chance."""
    return epsilon * NORMS["linf"].noise(noise, Generator().manual_seed(seed))


def lay(noise: Tensor, images: Tensor) -> Tensor:
    """Films `[N, 1, H, W]` under the noise, whose square covers their longer side; what juts out is cut off.

    Bilinear, so it stays within its epsilon; films keep to [0, 1].
    """
    height, width = images.shape[-2:]
    side = max(height, width)
    if noise.shape[-1] != side:
        noise = F.interpolate(noise, size=(side, side), mode="bilinear", antialias=True, align_corners=False)
    top, left = (side - height) // 2, (side - width) // 2
    return (images + noise[..., top : top + height, left : left + width]).clamp(0, 1)


def lay_on_file(noise: Tensor, epsilon: float, radiograph: Radiograph) -> Radiograph:
    """A radiograph under the noise, on its own grey levels, within `epsilon` (display units), written and read again.

    Padding beside the picture stays as it is.
    """
    film = torch.from_numpy(radiograph.pixels.copy())[None, None]
    picture = ~radiograph.padding if radiograph.padding.any() else None
    budget = Budget.of(film, ThreatModel(epsilon=epsilon, region=picture, lattice=Lattice(radiograph.levels)))
    stored = budget.store(budget.project(lay(noise.cpu(), film)))
    return imaging.read(imaging.encode(radiograph.with_pixels(stored[0, 0].numpy())))


def on_raster(radiographs: Sequence[Radiograph], side: int) -> Tensor:
    """Films of any size on the square raster of a noise, `[N, 1, side, side]`: proportions kept, black beside them."""
    films = []
    for radiograph in radiographs:
        film = torch.from_numpy(radiograph.pixels.copy())[None, None]
        height, width = (max(1, round(length * side / max(film.shape[-2:]))) for length in film.shape[-2:])
        film = F.interpolate(film, (height, width), mode="bilinear", antialias=True, align_corners=False)
        top, left = (side - height) // 2, (side - width) // 2
        films.append(F.pad(film, (left, side - width - left, top, side - height - top)))
    return torch.cat(films)


@torch.no_grad()
def flipped(model: nn.Module, images: Tensor, labels: Tensor, noise: Tensor, goal: int | None = None) -> Tensor:
    """Which films the noise brings to the goal (None: away from their label), bool `[N]`."""
    return reached(decision_logits(model, answered(model(lay(noise, images)))), labels, goal)


def _batches(films: Tensor, labels: Tensor, batch: int, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Films and labels in random order without end."""
    generator = Generator().manual_seed(seed)
    while True:
        for rows in torch.randperm(len(films), generator=generator).to(films.device).split(batch):
            yield torch.cat([_elsewhere(films[row : row + 1], generator) for row in rows]), labels[rows]


def _elsewhere(film: Tensor, generator: Generator) -> Tensor:
    """The film `[1, 1, side, side]` a little to one side, and perhaps mirrored."""
    reach = int(SHIFT * film.shape[-1])
    film = film.roll(torch.randint(-reach, reach + 1, (2,), generator=generator).tolist(), dims=(2, 3))
    return film.flip(-1) if torch.rand((), generator=generator) < 0.5 else film


def _pull(model: nn.Module, films: Tensor, labels: Tensor, noise: Tensor, goal: int | None) -> tuple[Tensor, float]:
    """Where the noise should go for these films, and the share that it flips now."""
    noise = noise.clone().requires_grad_(True)
    lead = margin(decision_logits(model, answered(model(lay(noise, films)))), labels, goal)
    return gradient_of(lead.clamp(max=ENOUGH).sum(), noise), float((lead > 0).float().mean())
