"""What a lesion is, on patches; then where it is and whether the film is suspicious, on whole breasts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from training.mammograms.augment import augment, patches
from training.mammograms.pool import BRIGHTEST, BreastPool
from training.tasks import halved

INSIDE, OUTSIDE = 0.4, 0.05  # share of a place that a lesion must, or must not, cover to teach; between: neither
FOUND = 40.0  # weight of a place in a lesion against one outside: lesions cover few
AROUND = 0.8  # of the patches of a film with a lesion
SIDE = 128  # of a patch, in pixels of the raster


@dataclass(frozen=True)
class Targets:
    """`outlines` `[n, 1, h, w]`, `lesions` `[n, 1, h / 4, w / 4]` in [0, 1]; the others `[n]`, 0 or 1."""

    outlines: Tensor
    lesions: Tensor
    suspicious: Tensor
    lesion: Tensor
    located: Tensor

    @property
    def labels(self) -> Tensor:
        """Of the heat map's layers, `[n, 2]`."""
        return torch.stack([self.lesion, self.suspicious], dim=1)

    def to(self, device: torch.device) -> Targets:
        """The same on another device."""
        return Targets(**{name: tensor.to(device) for name, tensor in vars(self).items()})


class KnowLesions:
    """Patches teach the heat map: of a film with a lesion mostly those around it."""

    def batch(
        self, model: nn.Module, pools: list[BreastPool], n: int, rng: np.random.Generator, generator: Generator
    ) -> tuple[Tensor, Targets]:
        breasts, targets = _draw(pools, n, rng)
        centres = np.stack(
            [
                _somewhere(lesion if rng.random() < AROUND and lesion.any() else outline, rng)
                for lesion, outline in zip(targets.lesions[:, 0].numpy(), targets.outlines[:, 0].numpy(), strict=True)
            ]
        )
        films, lesions = patches(breasts, targets.lesions, torch.from_numpy(centres).float(), SIDE, generator)
        return films, replace(targets.to(generator.device), lesions=lesions)

    def loss(self, model: nn.Module, films: Tensor, targets: Targets, smoothing: float) -> Tensor:
        return _places(halved(model.heat, films * BRIGHTEST), targets)

    def harm(self, model: nn.Module, films: Tensor, targets: Targets) -> Tensor:
        return self.loss(model, films, targets, 0)


class FindLesions:
    """The places of lesions teach the heat map, the film's label teaches its summit."""

    def batch(
        self, model: nn.Module, pools: list[BreastPool], n: int, rng: np.random.Generator, generator: Generator
    ) -> tuple[Tensor, Targets]:
        breasts, targets = _draw(pools, n, rng)
        breasts, targets = breasts.to(generator.device), targets.to(generator.device)
        films, outlines, lesions = augment(
            breasts.float() / 255, targets.outlines.float() / 255, targets.lesions.float() / 255, generator
        )
        return films, replace(targets, outlines=outlines, lesions=lesions)

    def loss(self, model: nn.Module, films: Tensor, targets: Targets, smoothing: float) -> Tensor:
        heat = _heat(model, films, targets.outlines)
        labels = targets.labels * (1 - smoothing) + smoothing / 2
        return F.binary_cross_entropy_with_logits(model.judge(heat), labels) + _places(heat, targets)

    def harm(self, model: nn.Module, films: Tensor, targets: Targets) -> Tensor:
        logits = model.judge(_heat(model, films, targets.outlines))[:, 1]
        return F.binary_cross_entropy_with_logits(logits, targets.suspicious)


def _draw(pools: list[BreastPool], n: int, rng: np.random.Generator) -> tuple[Tensor, Targets]:
    """Films, outlines and lesions as the pools hold them, in uint8."""
    counts = rng.multinomial(n, [pool.share for pool in pools])
    drawn = [
        (pool, rng.choice(len(pool.weights), size=count, p=pool.weights))
        for pool, count in zip(pools, counts, strict=True)
    ]

    def stack(name: str) -> Tensor:
        return torch.from_numpy(np.concatenate([getattr(pool, name)[chosen] for pool, chosen in drawn]))

    breasts, outlines, lesions = (stack(name)[:, None] for name in ("breasts", "outlines", "lesions"))
    return breasts, Targets(outlines, lesions, *(stack(name).float() for name in ("suspicious", "lesion", "located")))


def _somewhere(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(x, y) from −1 to 1 within a patch's quarter of a random place of the mask."""
    height, width = mask.shape
    row, column = divmod(int(rng.choice(np.flatnonzero(mask > 0.5 * mask.max()))), width)
    shift = rng.uniform(-0.25, 0.25, 2) * SIDE / 4
    return 2 * (np.array([column, row]) + 0.5 + shift) / (width, height) - 1


def _heat(model: nn.Module, films: Tensor, outlines: Tensor) -> Tensor:
    return halved(model.heat, model.prepare.normalise(films, outlines))


def _places(heat: Tensor, targets: Targets) -> Tensor:
    """Cross-entropy at each place; films whose lesion is somewhere unknown teach nothing here."""
    covered = (
        F.adaptive_max_pool2d(F.avg_pool2d(targets.lesions, 2), heat.shape[-2:]) * targets.labels[:, :, None, None]
    )
    truth = (covered >= INSIDE).float()
    weight = ((covered <= OUTSIDE) + FOUND * truth) * targets.located[:, None, None, None]
    each = F.binary_cross_entropy_with_logits(heat, truth, reduction="none")
    return (each * weight).sum() / weight.sum().clamp_min(1)
