"""Find the lesion first, then say whether the film is suspicious."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from training.mammograms.augment import augment
from training.mammograms.pool import BreastPool
from training.tasks import halved

INSIDE, OUTSIDE = 0.4, 0.05  # share of a place that a lesion must, or must not, cover to teach; between: neither
FOUND = 8.0  # weight of a place in a lesion against one outside: lesions cover few
HEAT_SHARE = 1.0


@dataclass(frozen=True)
class Targets:
    """`outlines` `[n, 1, h, w]`, `lesions` `[n, 1, h / 4, w / 4]` in [0, 1]; the others `[n]`, 0 or 1."""

    outlines: Tensor
    lesions: Tensor
    suspicious: Tensor
    lesion: Tensor
    located: Tensor


class FindLesions:
    """The places of lesions teach the heat map, the film's label teaches its summit."""

    def batch(
        self, model: nn.Module, pools: list[BreastPool], n: int, rng: np.random.Generator, generator: Generator
    ) -> tuple[Tensor, Targets]:
        counts = rng.multinomial(n, [pool.share for pool in pools])
        drawn = [
            (pool, rng.choice(len(pool.weights), size=count, p=pool.weights))
            for pool, count in zip(pools, counts, strict=True)
        ]

        def stack(name: str) -> np.ndarray:
            return np.concatenate([getattr(pool, name)[chosen] for pool, chosen in drawn])

        images = (torch.from_numpy(stack(name))[:, None].float() / 255 for name in ("crops", "outlines", "lesions"))
        films, outlines, lesions = augment(*images, generator)
        labels = (torch.from_numpy(stack(name)).float() for name in ("suspicious", "lesion", "located"))
        return films, Targets(outlines, lesions, *labels)

    def loss(self, model: nn.Module, films: Tensor, targets: Targets, smoothing: float) -> Tensor:
        heat = _heat(model, films, targets.outlines)
        labels = torch.stack([targets.lesion, targets.suspicious], dim=1)
        whole = F.binary_cross_entropy_with_logits(model.judge(heat), labels * (1 - smoothing) + smoothing / 2)
        return whole + HEAT_SHARE * _places(heat, targets, labels)

    def harm(self, model: nn.Module, films: Tensor, targets: Targets) -> Tensor:
        logits = model.judge(_heat(model, films, targets.outlines))[:, 1]
        return F.binary_cross_entropy_with_logits(logits, targets.suspicious)


def _heat(model: nn.Module, films: Tensor, outlines: Tensor) -> Tensor:
    return halved(lambda x: model.heat(x), model.prepare.normalise(films, outlines))


def _places(heat: Tensor, targets: Targets, labels: Tensor) -> Tensor:
    """Cross-entropy at each place; films whose lesion is somewhere unknown teach nothing here."""
    covered = F.adaptive_max_pool2d(F.avg_pool2d(targets.lesions, 2), heat.shape[-2:]) * labels[:, :, None, None]
    known = ((covered <= OUTSIDE) | (covered >= INSIDE)) * targets.located[:, None, None, None]
    truth = (covered >= INSIDE).float()
    each = F.binary_cross_entropy_with_logits(heat, truth, reduction="none") * (1 + (FOUND - 1) * truth)
    return (each * known).sum() / known.sum().clamp_min(1)
