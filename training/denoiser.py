"""`python -m training.denoiser [--data …] [--fresh]`: the denoiser that stands before the chest models.

Trained on the chest recipes' training films, clean and under PGD against `chest-undefended`, to make that model say of
the washed film what it says of the clean one (Liao et al., CVPR 2018, section 3.2.2).
"""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

import models
from robustness.defences.denoise import LARGEST, Denoiser
from training import data
from training.chest import RUNS, pool, sets
from training.commands import command_line
from training.loop import Adversary, Plan, train
from training.tasks import Classify, Pool, halved

GUIDE = "chest-undefended"
PLAN = Plan(
    epochs=10,
    films_per_epoch=2560,
    rate=0.05,
    batch=32,
    weight_decay=0,
    smoothing=0,
    average=0.98,
    adversary=Adversary(epsilon=4 / 255, steps=3, ramp_epochs=1),
)
PIXELS = 10.0  # weight of a pixel's distance, beside that of the logits: keeps a film a film


class Denoise(Classify):
    """Films and their attacked versions; both, washed, must be read as the films are.

    Args:
        guide: the model that reads.
    """

    def __init__(self, guide: nn.Module) -> None:
        self.guide = guide

    def side(self, model: nn.Module) -> int:
        return LARGEST

    def batch(
        self, model: nn.Module, pools: list[Pool], n: int, rng: np.random.Generator, generator: Generator
    ) -> tuple[Tensor, Tensor]:
        self._films, labels = super().batch(model, pools, n, rng, generator)
        with torch.no_grad():
            self._answers = halved(self.guide, self._films)
        return self._films, labels

    def loss(self, model: nn.Module, films: Tensor, targets: Tensor, smoothing: float) -> Tensor:
        washed = halved(model, torch.cat([self._films, films]))
        apart = F.l1_loss(halved(self.guide, washed), self._answers.repeat(2, 1))
        return apart + PIXELS * F.l1_loss(washed, self._films.repeat(2, 1, 1, 1))

    def harm(self, model: nn.Module, films: Tensor, targets: Any) -> Tensor:
        return F.cross_entropy(halved(self.guide, films), targets)


def main() -> None:
    """The command line."""
    parser = command_line(__doc__, data=True)
    parser.add_argument("--fresh", action="store_true", help="forget the checkpoint of an earlier run")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    checkpoint = RUNS / "denoiser.pt"
    if options.fresh:
        checkpoint.unlink(missing_ok=True)
    pools = [pool(cohort) for cohort in sets(data.data_root(options.data)).train]
    torch.manual_seed(PLAN.seed)
    denoiser = Denoiser().to(models.choose_device())
    train(denoiser, pools, PLAN, checkpoint, Denoise(models.load(GUIDE))).cpu().save()


if __name__ == "__main__":
    main()
