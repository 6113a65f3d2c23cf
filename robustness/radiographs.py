"""Attacks on whole radiographs: a flip counts once the film was written, read back and read by the model again."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from imaging import Radiograph
from models import Reading, decision_logits, disease_probability, read, to_images
from robustness.attacks import REGISTRY
from robustness.losses import reached
from robustness.reread import flips, label_of, reopened, threat_against
from robustness.result import OnStep, Step
from robustness.smallest import SmallestEpsilon, smallest_epsilon
from robustness.threat import GREY, NormName, ThreatModel

EPSILON = 2.0  # grey levels of 255, of an attack that nobody is to see
DIGITS = 4  # of a change in grey levels: finer than 16-bit files store, coarser than float32 errs


@dataclass(frozen=True, eq=False)
class CaseResult:
    """One attack on one radiograph. All changes are in grey levels of 255.

    Args:
        before, after: the model's readings of the film as it came, and of the altered file after it was written and
            read again.
        noise: its reading of random noise of the same size, stored in the same way.
        flipped: `after` is what the attacker wanted.
        radiograph: the altered film, reread.
        attack, norm, epsilon, goal: what was asked for.
        largest_change: largest change of a pixel.
        rms_change: root-mean-square change over the pixels that may change.
        steps: how often the film was changed.
        queries: how often the model was asked about it.
        trace: the disease's probability, first as the attack found the film, then after each change.
        wins: whether the answer was then what the attacker wanted.
        seconds: wall time, with writing and reading.
        seed: what to pass to see the same again.
        stopped: `on_step` ended the attack.
    """

    before: Reading
    after: Reading
    noise: Reading
    flipped: bool
    radiograph: Radiograph
    attack: str
    norm: NormName
    epsilon: float
    goal: str | None
    largest_change: float
    rms_change: float
    steps: int
    queries: int
    trace: tuple[float, ...]
    wins: tuple[bool, ...]
    seconds: float
    seed: int
    stopped: bool


def attack_radiograph(
    model: nn.Module,
    radiograph: Radiograph,
    *,
    attack: str = "pgd",
    epsilon: float | None = None,
    norm: NormName = "linf",
    goal: str | None = None,
    region: NDArray[np.bool_] | None = None,
    seed: int = 0,
    on_step: OnStep | None = None,
    **options: Any,
) -> CaseResult:
    """Change a film until the model's reading of the *stored* film flips, and show noise of the same size beside it.

    Args:
        model: a model of the zoo.
        attack: a name in `REGISTRY`.
        epsilon: the budget, in grey levels of 255; None: 2, or all 255 for what everyone may see.
        goal: the class that the model shall answer; None: anything but what it answers now.
        region: bool `[H, W]`, where pixels may change. The padding beside a picture never does.
        on_step: sees each step and may stop the attack.
        **options: the attack's own.

    Raises:
        ValueError: an unknown attack or class, a goal that is the reading already, an epsilon, norm or region that
            makes no sense. The message is a sentence for the reader.
    """
    began = time.perf_counter()
    if attack not in REGISTRY:
        raise ValueError(f"expected an attack out of {', '.join(REGISTRY)}, got {attack!r}")
    visible = REGISTRY[attack].visible
    if epsilon is None:
        epsilon = float(GREY) if visible else EPSILON
    before = read(model, radiograph)
    threat = threat_against(model, radiograph, before, epsilon=epsilon, norm=norm, goal=goal, region=region)
    images, labels = to_images(model, radiograph), label_of(model, before)
    trace: list[float] = []
    wins: list[bool] = []

    def watch(step: Step) -> bool | None:
        trace.append(float(disease_probability(model, step.logits)[0]))
        wins.append(bool(reached(decision_logits(model, step.logits), labels, threat.goal)[0]))
        return on_step(step) if on_step is not None else None

    result = REGISTRY[attack](model, images, labels, threat, seed=seed, on_step=watch, **options)
    altered, after = reopened(model, radiograph, result.images)
    change = altered.pixels.astype(np.float64) - radiograph.pixels
    attackable = change if threat.region is None else change[threat.region]
    largest, rms = float(np.abs(change).max()), float(np.sqrt(np.mean(attackable**2)))
    size = {"linf": largest, "l2": rms}[norm]
    # Beside a sticker stands a sticker of noise in the same place, not a film of noise.
    where = change != 0 if visible and change.any() else threat.region
    control = ThreatModel(norm=norm, epsilon=size, region=where, lattice=threat.lattice)
    noisy = REGISTRY["noise"](model, images, labels, control, seed=seed)
    _, noise = reopened(model, radiograph, noisy.images)
    return CaseResult(
        before=before,
        after=after,
        noise=noise,
        flipped=flips(before, after, goal),
        radiograph=altered,
        attack=attack,
        norm=norm,
        epsilon=epsilon,
        goal=goal,
        largest_change=round(largest * GREY, DIGITS),
        rms_change=round(rms * GREY, DIGITS),
        steps=int(result.steps),
        queries=int(result.queries),
        trace=tuple(trace),
        wins=tuple(wins),
        seconds=time.perf_counter() - began,
        seed=seed,
        stopped=result.stopped,
    )


def smallest_epsilon_of_radiograph(
    model: nn.Module,
    radiograph: Radiograph,
    *,
    norm: NormName = "linf",
    goal: str | None = None,
    region: NDArray[np.bool_] | None = None,
    ceiling: float = 16.0,
    resolution: float | None = None,
    seed: int = 0,
    on_step: OnStep | None = None,
) -> SmallestEpsilon:
    """The smallest change, on the file's grey levels, that flips the reading of the stored film.

    `ceiling` and `resolution` are in grey levels of 255; resolution None: 1/16, or in L∞ the file's own spacing where
    that is coarser. `found` is False, too, should the flip not survive writing and reading.

    Raises:
        ValueError: as `attack_radiograph`, or a ceiling or resolution that is not above 0.
    """
    before = read(model, radiograph)
    threat = threat_against(model, radiograph, before, epsilon=ceiling, norm=norm, goal=goal, region=region)
    (smallest,) = smallest_epsilon(
        model,
        to_images(model, radiograph),
        label_of(model, before),
        threat,
        seed=seed,
        ceiling=ceiling / GREY,
        resolution=None if resolution is None else resolution / GREY,
        on_step=on_step,
    )
    _, after = reopened(model, radiograph, smallest.image[None])
    return replace(smallest, found=smallest.found and flips(before, after, goal))
