"""What a step of training draws and what it asks of a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from training.augment import augment


@dataclass(frozen=True)
class Pool:
    """Films to draw from: uint8 `[n, s, s]`, labels `[n]`, a sampling weight for each film, and the pool's share."""

    films: np.ndarray
    labels: np.ndarray
    weights: np.ndarray
    share: float


class Task(Protocol):
    """What is drawn, and what is asked of it. `films` are what an adversary may change, in display units."""

    def batch(
        self, model: nn.Module, pools: list[Any], n: int, rng: np.random.Generator, generator: Generator
    ) -> tuple[Tensor, Any]:
        """About `n` films of the pools, by their shares and augmented, and the targets."""
        ...

    def loss(self, model: nn.Module, films: Tensor, targets: Any, smoothing: float) -> Tensor:
        """What training makes small."""
        ...

    def harm(self, model: nn.Module, films: Tensor, targets: Any) -> Tensor:
        """What an adversary makes large."""
        ...


class Classify:
    """Whole films and their class."""

    def side(self, model: nn.Module) -> int:
        """Of the square films that are drawn, in pixels."""
        return model.prepare.size

    def batch(
        self, model: nn.Module, pools: list[Pool], n: int, rng: np.random.Generator, generator: Generator
    ) -> tuple[Tensor, Tensor]:
        films, labels = _draw(pools, n, rng)
        films = films.to(generator.device).float() / 255
        return augment(films, self.side(model), generator), labels.to(generator.device)

    def loss(self, model: nn.Module, films: Tensor, targets: Tensor, smoothing: float) -> Tensor:
        return F.cross_entropy(halved(model, films), targets, label_smoothing=smoothing)

    def harm(self, model: nn.Module, films: Tensor, targets: Tensor) -> Tensor:
        return self.loss(model, films, targets, 0)


class Agree(Classify):
    """An altered film must be answered as the film itself (TRADES; Zhang et al., ICML 2019, section 4).

    Args:
        weight: of that agreement against reading the unaltered film rightly; the paper's 1/λ.
    """

    def __init__(self, weight: float) -> None:
        self.weight = weight

    def batch(
        self, model: nn.Module, pools: list[Pool], n: int, rng: np.random.Generator, generator: Generator
    ) -> tuple[Tensor, Tensor]:
        self._films, labels = super().batch(model, pools, n, rng, generator)
        self._answers: Tensor | None = None
        return self._films, labels

    def loss(self, model: nn.Module, films: Tensor, targets: Tensor, smoothing: float) -> Tensor:
        plain, altered = halved(model, torch.cat([self._films, films])).chunk(2)
        apart = F.kl_div(altered.log_softmax(1), plain.softmax(1), reduction="batchmean")
        return F.cross_entropy(plain, targets, label_smoothing=smoothing) + self.weight * apart

    def harm(self, model: nn.Module, films: Tensor, targets: Tensor) -> Tensor:
        if self._answers is None:
            with torch.no_grad():
                self._answers = halved(model, self._films).softmax(1)
        return F.kl_div(halved(model, films).log_softmax(1), self._answers, reduction="batchmean")


class Noisy(Classify):
    """Films with Gaussian noise of `sigma` (display units), as a smoothed model sees them (Cohen et al., ICML 2019,
    section 3.3). The noise is laid on films of `SIDE` pixels, before the network shrinks them."""

    SIDE = 224

    def __init__(self, sigma: float) -> None:
        self.sigma = sigma

    def side(self, model: nn.Module) -> int:
        return self.SIDE

    def batch(
        self, model: nn.Module, pools: list[Pool], n: int, rng: np.random.Generator, generator: Generator
    ) -> tuple[Tensor, Tensor]:
        films, labels = super().batch(model, pools, n, rng, generator)
        noise = torch.randn(films.shape, generator=generator, device=films.device)
        return films + self.sigma * noise, labels


def halved(network: Callable[[Tensor], Tensor], films: Tensor) -> Tensor:
    """Half the time on processors that know bfloat16; figures are measured in full precision."""
    with torch.autocast(films.device.type, torch.bfloat16):
        return network(films.contiguous(memory_format=torch.channels_last)).float()


def _draw(pools: list[Pool], batch: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    counts = rng.multinomial(batch, [pool.share for pool in pools])
    films, labels = [], []
    for pool, count in zip(pools, counts, strict=True):
        chosen = rng.choice(len(pool.labels), size=count, p=pool.weights)
        films.append(pool.films[chosen])
        labels.append(pool.labels[chosen])
    return torch.from_numpy(np.concatenate(films))[:, None], torch.from_numpy(np.concatenate(labels))
