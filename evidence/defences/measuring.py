"""Two attackers against one model, bare and inside its defences, film by film."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

import models
from evidence.defences import NONE, ORDINARY, Reading
from evidence.lines import line
from robustness import REGISTRY, ThreatModel
from robustness.chance import READS, by_chance, settle
from robustness.defences import DEFENCES
from training.data import Cohort
from training.scores import batches

LEVELS = (1, 2, 4)  # grey levels of 255
STEPS = 30
AT_A_TIME = 32
UNTOUCHED, ATTACKED = 20_261_126, 20_261_127
"""Seeds of the last reading: a defence that draws anew meets other noise than in the attack, and other noise on films
as they are than on altered ones, or a lucky draw would count twice."""
DIGITS = 4


@dataclass(frozen=True, eq=False)
class Films:
    """`images` `[n, 1, H, W]`, and their `labels` `[n]`, 1 for the disease."""

    images: Tensor
    labels: Tensor

    @classmethod
    def of(cls, cohort: Cohort) -> Films:
        """All films of a cohort whose films are of one size."""
        return cls(torch.cat([images for images, _ in batches(cohort)]), torch.as_tensor(cohort.labels))

    def wrong(self, reading: Reading) -> NDArray[np.bool_]:
        """Which are called what they are not, `[n]`."""
        return reading.called != self.labels.numpy().astype(bool)


def hoped(bare: nn.Module, films: Films) -> dict[int, Tensor]:
    """Films made for the bare model, at each level `[n, 1, H, W]`, pushed as far as they go so that they carry over."""
    everyone = np.ones(len(films.labels), bool)
    return {level: attacked(bare, films, level, everyone, films.images, early_stop=False) for level in LEVELS}


def measured(bare: nn.Module, name: str, films: Films, made: Mapping[int, Tensor]) -> dict[str, Any]:
    """One defence around one model, for the results. `made`: what `hoped` gave.

    The attacker who knows the defence attacks model and defence as one. He also tries the films made for the bare model
    and those that misled within a smaller change, and keeps what misleads.
    """
    model = bare if name == NONE else DEFENCES[name](bare)
    found = {ORDINARY: told(read(model, films.images, UNTOUCHED))}
    best = films.images
    for level in LEVELS:
        best = _best(model, films, [made[level], best])
        if name != NONE:
            best = _attacked_further(model, films, level, best, made[level])
        found[f"naive {level}"] = told(read(model, made[level], ATTACKED))
        found[f"aware {level}"] = told(read(model, best, ATTACKED))
    return found


def _attacked_further(model: nn.Module, films: Films, level: int, before: Tensor, made: Tensor) -> Tensor:
    """What attacks model and defence as one; films that mislead already are left alone.

    What draws anew is attacked wherever, since one flip may have been luck; and so is a detector, whose whole curve is
    asked for: on to the least suspicion, once from the film itself and once from the one made for the bare model, which
    is read wrongly already and has only to be hidden.
    """
    refers, everywhere = getattr(model, "refers", False), getattr(model, "refers", False) or by_chance(model)
    chosen = np.ones(len(films.labels), bool) if everywhere else ~_misled(model, films, before)
    versions = [attacked(model, films, level, chosen, before, early_stop=not everywhere), before]
    if refers:
        versions.append(attacked(model, films, level, chosen, before, early_stop=False, start=made))
    return _best(model, films, versions)


def attacked(
    model: nn.Module,
    films: Films,
    level: float,
    chosen: NDArray[np.bool_],
    others: Tensor,
    *,
    early_stop: bool,
    start: Tensor | None = None,
) -> Tensor:
    """The chosen films pushed towards the other class, the rest as `others` has them, `[n, 1, H, W]`.

    `start`: films to climb from, of the same shape; None: the films themselves.
    """
    extra = len(model.card.classes) - 2  # answers before the healthy one
    altered = others.clone()
    for label in (0, 1):
        rows = torch.as_tensor(np.flatnonzero(chosen & (films.labels.numpy() == label)))
        for part in rows.split(AT_A_TIME) if len(rows) else ():
            threat = ThreatModel(epsilon=level / 255, goal=extra + 1 - label)
            options = {"steps": STEPS, "loss": "margin", "early_stop": early_stop}
            if start is not None:
                options["start"] = start[part]
            labels = films.labels[part] + extra
            altered[part] = REGISTRY["apgd"](model, films.images[part], labels, threat, seed=0, **options).images
    return altered


def _best(model: nn.Module, films: Films, versions: Sequence[Tensor]) -> Tensor:
    """Of each film the version that serves the attacker best: it misleads; else it is called wrongly, though referred,
    and of such the least suspicious."""
    ranks = []
    for images in versions:
        wrong, suspicion = _judged(model, films, images)
        ranks.append(4.0 * (wrong & (suspicion <= 1)) + 2.0 * wrong - np.minimum(suspicion, 1e3) / 1e3)
    best = np.argmax(ranks, axis=0)
    return torch.stack(list(versions))[torch.as_tensor(best), torch.arange(len(best))]


def _misled(model: nn.Module, films: Films, images: Tensor) -> NDArray[np.bool_]:
    """Which films are called the other class and not referred, `[n]`."""
    wrong, suspicion = _judged(model, films, images)
    return wrong & (suspicion <= 1)


def _judged(model: nn.Module, films: Films, images: Tensor) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Whether each film is called wrongly, and its suspicion; of a model that draws anew, in most of its readings."""
    readings = [read(model, images, seed) for seed in range(READS if by_chance(model) else 1)]
    wrong = np.mean([films.wrong(reading) for reading in readings], axis=0) > 0.5
    return wrong, np.median([reading.suspicion for reading in readings], axis=0)


@torch.inference_mode()
def read(model: nn.Module, images: Tensor, seed: int) -> Reading:
    """What the model says of films `[n, 1, H, W]`; one that draws anew draws from `seed`."""
    settle(model, seed)
    logits = torch.cat([model(part) for part in images.split(AT_A_TIME)])
    suspicion = model.suspicion(logits) if getattr(model, "refers", False) else torch.zeros(len(logits))
    called = models.decision_logits(model, logits)[:, -2:].argmax(1)
    return Reading(called.numpy().astype(bool), (logits[:, -1] - logits[:, -2]).numpy(), suspicion.numpy())


def joined(readings: Sequence[Reading]) -> Reading:
    """Readings of single films as one, in their order."""
    parts = ("called", "margins", "suspicion")
    return Reading(*(np.concatenate([getattr(reading, part) for reading in readings]) for part in parts))


def told(reading: Reading) -> dict[str, str]:
    """For the results."""
    found = {"called": line(reading.called.astype(int)), "margins": line(np.round(reading.margins, DIGITS))}
    if not reading.suspicion.any():
        return found
    scaled = reading.suspicion * 10**DIGITS
    away = np.where(reading.suspicion > 1, np.ceil(scaled), np.floor(scaled))  # from the threshold, never over it
    return found | {"suspicion": line(away / 10**DIGITS)}
