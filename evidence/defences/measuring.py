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
from robustness.chance import by_chance, settle
from robustness.defences import DEFENCES
from training.data import Cohort
from training.scores import batches

LEVELS = (1, 2, 4)  # grey levels of 255
STEPS = 30
ANEW = 20_261_126  # the seed of a last reading, which draws other noise than the attack met
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
    found = {ORDINARY: told(read(model, films.images))}
    best = films.images
    for level in LEVELS:
        best = _misleading(model, films, [made[level], best])
        if name != NONE:
            best = _attacked_further(model, films, level, best)
        found[f"naive {level}"] = told(read(model, made[level]))
        found[f"aware {level}"] = told(read(model, best))
    return found


def _attacked_further(model: nn.Module, films: Films, level: int, before: Tensor) -> Tensor:
    """What attacks model and defence as one; films that mislead already are kept.

    A detector is pushed on beyond the first film that passes, since its whole curve is asked for; so is what draws
    anew, because one flip may have been luck.
    """
    refers, chance = getattr(model, "refers", False), by_chance(model)
    chosen = np.ones(len(films.labels), bool) if refers else ~misled(model, films, before)
    after = attacked(model, films, level, chosen, before, early_stop=not (refers or chance))
    return _misleading(model, films, [after, before])


def attacked(
    model: nn.Module, films: Films, level: float, chosen: NDArray[np.bool_], others: Tensor, *, early_stop: bool
) -> Tensor:
    """The chosen films pushed towards the other class, the rest as `others` has them, `[n, 1, H, W]`."""
    extra = len(model.card.classes) - 2  # answers before the healthy one
    altered = others.clone()
    for label in (0, 1):
        rows = torch.as_tensor(np.flatnonzero(chosen & (films.labels.numpy() == label)))
        for part in rows.split(32):
            threat = ThreatModel(epsilon=level / 255, goal=extra + 1 - label)
            options = {"steps": STEPS, "loss": "margin", "early_stop": early_stop}
            labels = films.labels[part] + extra
            altered[part] = REGISTRY["apgd"](model, films.images[part], labels, threat, seed=0, **options).images
    return altered


def _misleading(model: nn.Module, films: Films, tried: list[Tensor]) -> Tensor:
    """Of each film the first of its versions that misleads; the first of all where none does."""
    best = tried[0].clone()
    still = ~misled(model, films, best)
    for other in tried[1:]:
        better = still & misled(model, films, other)
        best[torch.as_tensor(better)] = other[torch.as_tensor(better)]
        still &= ~better
    return best


def misled(model: nn.Module, films: Films, images: Tensor) -> NDArray[np.bool_]:
    """Which films are read as the other class and not referred, `[n]`."""
    reading = read(model, images, seed=0)
    return (reading.called != films.labels.numpy().astype(bool)) & ~reading.referred


@torch.inference_mode()
def read(model: nn.Module, images: Tensor, seed: int = ANEW) -> Reading:
    """What the model says of films `[n, 1, H, W]`; one that draws anew draws from `seed`."""
    settle(model, seed)
    logits = torch.cat([model(part) for part in images.split(32)])
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
