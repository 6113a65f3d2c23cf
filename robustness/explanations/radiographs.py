"""Attacks on the explanation of whole radiographs: judged once the film was written, read back and read again."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from imaging import Radiograph
from models import Reading, read, to_images
from robustness.attacks import REGISTRY
from robustness.explanations.attack import Look, turn_explanation
from robustness.radiographs import DIGITS
from robustness.reread import label_of, reopened, threat_against
from robustness.result import OnStep, Step
from robustness.saliency.explain import Saliency, explain
from robustness.threat import GREY, NormName, ThreatModel


@dataclass(frozen=True, eq=False)
class ExplanationCase:
    """One attack on the explanation of one radiograph. All changes are in grey levels of 255.

    Args:
        before, after: readings of the film as it came, and of the altered file after it was written and read again.
        control: reading of the control's film, stored in the same way: random noise of the same size (`"move"`), an
            attack that flips the answer as firmly and does not look at the map (`"keep"`).
        answered: `after` is what the attacker wanted: the same answer (`"move"`), another (`"keep"`).
        radiograph, control_radiograph: the two films, reread.
        aim, method, norm, epsilon: what was asked for.
        largest_change, rms_change: largest change of a pixel; root mean square over the pixels that may change.
        steps, seconds, seed, stopped: see `ExplanationResult`; the seconds with writing, reading and the control.
        trace: how far the map had come, first of the untouched film, then after each step (see `Look`).
    """

    before: Reading
    after: Reading
    control: Reading
    answered: bool
    radiograph: Radiograph
    control_radiograph: Radiograph
    aim: str
    method: str
    norm: NormName
    epsilon: float
    largest_change: float
    rms_change: float
    steps: int
    seconds: float
    seed: int
    stopped: bool
    trace: tuple[float, ...]


def attack_explanation(
    model: nn.Module,
    radiograph: Radiograph,
    *,
    aim: str,
    method: str,
    place: NDArray[np.bool_] | None = None,
    epsilon: float = 4.0,
    norm: NormName = "linf",
    region: NDArray[np.bool_] | None = None,
    seed: int = 0,
    steps: int = 40,
    on_step: OnStep | None = None,
) -> ExplanationCase:
    """Turn the answer and its reason apart on a stored film, and make its control.

    Args:
        model: a model of the zoo.
        aim: a name in `AIMS`.
        method: a name in `METHODS`, the map that is attacked.
        place: bool `[H, W]`, where the saliency shall go (`"move"` only).
        epsilon: the budget, in grey levels of 255.
        region: bool `[H, W]`, where pixels may change. The padding beside a picture never does.
        on_step: sees each step, a `Look`, and may stop the attack; the control is made all the same.

    Raises:
        ValueError: as `turn_explanation`, and an epsilon, norm or region that makes no sense. The message is a sentence
            for the reader.
    """
    began = time.perf_counter()
    before = read(model, radiograph)
    threat = threat_against(model, radiograph, before, epsilon=epsilon, norm=norm, goal=None, region=region)
    image, labels = to_images(model, radiograph), label_of(model, before)
    where = None if place is None else torch.from_numpy(np.array(place)).to(image.device)
    wish = {"aim": aim, "method": method, "place": where, "seed": seed, "steps": steps}
    trace: list[float] = []

    def watch(step: Step) -> bool | None:
        assert isinstance(step, Look)
        trace.append(step.reached)
        return on_step(step) if on_step is not None else None

    result = turn_explanation(model, image, int(labels), threat, **wish, on_step=watch)
    altered, after = reopened(model, radiograph, result.image)
    change = altered.pixels.astype(np.float64) - radiograph.pixels
    attackable = change if threat.region is None else change[threat.region]
    largest, rms = float(np.abs(change).max()), float(np.sqrt(np.mean(attackable**2)))
    if aim == "move":
        noise = ThreatModel(
            norm=norm, epsilon={"linf": largest, "l2": rms}[norm], region=threat.region, lattice=threat.lattice
        )
        beside: Tensor = REGISTRY["noise"](model, image, labels, noise, seed=seed).images
    else:
        beside = turn_explanation(model, image, int(labels), threat, **wish, blind=True).image
    control_radiograph, control = reopened(model, radiograph, beside)
    return ExplanationCase(
        before=before,
        after=after,
        control=control,
        answered=(after.prediction == before.prediction) == (aim == "move"),
        radiograph=altered,
        control_radiograph=control_radiograph,
        aim=aim,
        method=method,
        norm=norm,
        epsilon=epsilon,
        largest_change=round(largest * GREY, DIGITS),
        rms_change=round(rms * GREY, DIGITS),
        steps=result.steps,
        seconds=time.perf_counter() - began,
        seed=seed,
        stopped=result.stopped,
        trace=tuple(trace),
    )


def reason_of(model: nn.Module, radiograph: Radiograph, reading: Reading, method: str) -> Saliency:
    """The map of what a film's reading rests on: of the class that was answered, on a colour scale of its own."""
    return explain(model, to_images(model, radiograph), method, model.card.classes.index(reading.prediction))
