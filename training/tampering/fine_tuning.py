"""A copy of a vendor's model in the hands of someone who trains its last blocks further, epoch by epoch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from torch import Generator, Tensor, nn

from imaging.screening import Screening
from imaging.ward import Ward
from models import decision_logits

BATCH = 32
FURTHEST = 6.0  # logits from the border: what is surer than that need not be kept to the letter


@dataclass(frozen=True, eq=False)
class Seen:
    """A ward, or women screened, as the frozen early layers of a vendor's model see them.

    `early` `[n, channels, h, w]` is what the last `depth` residual blocks take.
    """

    ward: Ward | Screening
    early: Tensor
    depth: int = 1


@dataclass(frozen=True)
class Progress:
    """After one epoch, `index` of `total` (1-based), and its mean loss."""

    index: int
    total: int
    loss: float


@torch.inference_mode()
def see(model: nn.Module, ward: Ward, depth: int = 1) -> Seen:
    """What is never changed, computed once."""
    starts = range(0, len(ward), BATCH)
    parts = [model.early(_batch(model, ward.films[start : start + BATCH] / 255), depth) for start in starts]
    return Seen(ward, torch.cat(parts), depth)


def _batch(model: nn.Module, films: np.ndarray) -> Tensor:
    return torch.from_numpy(films[:, None].astype(np.float32)).to(next(model.parameters()).device)


@torch.inference_mode()
def decided(model: nn.Module, films: np.ndarray) -> np.ndarray:
    """The decisions of `decisions` on films `[n, H, W]` in [0, 1], read from end to end."""
    return leading(model, model(_batch(model, films))).cpu().numpy()


@torch.inference_mode()
def decisions(model: nn.Module, seen: Seen) -> np.ndarray:
    """Logits by which the disease leads at the operating point, `[n]`: the answer is the disease from 0 on."""
    return np.concatenate([lead(model, early, seen.depth).cpu().numpy() for early in seen.early.split(256)])


def lead(model: nn.Module, early: Tensor, depth: int) -> Tensor:
    """The same of what the early layers gave, with gradients."""
    return leading(model, model.late(early, depth))


def leading(model: nn.Module, logits: Tensor) -> Tensor:
    """How far the disease leads in a model's logits `[n, classes]`, counted from its operating point: `[n]`."""
    logits = decision_logits(model, logits)
    return logits[:, -1] - logits[:, 0]


class FineTuning(ABC):
    """The vendor's model is not touched; `model` is the copy as it is now.

    Training can stop after any epoch and go on later. Same seed, same model. A subclass says which films make a batch
    and what the model is to answer.
    """

    def __init__(self, vendor: nn.Module, *, depth: int, epochs: int, per_epoch: int, rate: float, seed: int) -> None:
        self.depth, self.epochs, self.epoch = depth, epochs, 0
        self._per_epoch, self._seed = per_epoch, seed
        self.model = deepcopy(vendor)
        trained = [*self.model.blocks[-depth:].parameters(), *self.model.head.parameters(), *self._helpers()]
        self._optimizer = torch.optim.AdamW([p.requires_grad_(True) for p in trained], weight_decay=1e-3)
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(self._optimizer, rate, total_steps=epochs * per_epoch)

    @property
    def done(self) -> bool:
        """Whether every epoch is over."""
        return self.epoch >= self.epochs

    def train(self) -> Iterator[Progress]:
        """The epochs that are left, one at a time."""
        while not self.done:
            generator = Generator().manual_seed(1_000_003 * self._seed + self.epoch)
            losses = []
            for _ in range(self._per_epoch):
                loss = self._loss(generator)
                self._optimizer.zero_grad()
                loss.backward()
                self._optimizer.step()
                self._schedule.step()
                losses.append(float(loss.detach()))
            self.epoch += 1
            yield Progress(self.epoch, self.epochs, float(np.mean(losses)))

    def _helpers(self) -> list[nn.Parameter]:
        """What is trained beside the copy, and not part of it."""
        return []

    @abstractmethod
    def _loss(self, generator: Generator) -> Tensor:
        """Of one batch, drawn with the generator."""
