"""Clean-label poisoning by feature collision (Shafahi et al., NeurIPS 2018), kept to a budget of grey levels.

A healthy film is altered until the frozen network says of it what it says of a film with the disease. To the eye it
stays healthy, so its label is right; whoever learns from it learns that the disease's features are normal.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from training.poisoning.learner import pooled

BUDGET = 8  # grey levels of 255, no pixel changes by more
STEPS = 15
STRIDE = 2.0  # grey levels a step
BATCH = 8


def collide(
    network: nn.Module,
    films: NDArray[np.uint8],
    targets: NDArray[np.float64],
    on_films: Callable[[int], bool] | None = None,
) -> NDArray[np.uint8]:
    """Bring the features of each film as near to its target as the budget lets it.

    Descent along the sign of the gradient (as PGD) with a stride that shrinks; what comes back lies on the films' own
    grey levels. Nothing is random.

    Args:
        network: its early layers are those that the victim will use.
        films: uint8 `[n, H, W]`.
        targets: `[n, channels]`, features of other films.
        on_films: told how many films are done; True ends it, and the films so far come back.
    """
    device = next(network.parameters()).device
    done: list[NDArray[np.uint8]] = []
    for start in range(0, len(films), BATCH):
        clean = torch.from_numpy(films[start : start + BATCH, None].astype(np.float32)).to(device)
        wanted = torch.from_numpy(targets[start : start + BATCH]).float().to(device)
        change = torch.zeros_like(clean)
        for step in range(STEPS):
            change.requires_grad_(True)
            distance = (pooled(network, (clean + change) / 255) - wanted).square().sum()
            (slope,) = torch.autograd.grad(distance, change)
            stride = STRIDE * (1 - step / STEPS)
            change = (change.detach() - stride * slope.sign()).clamp(-BUDGET, BUDGET)
            change = (clean + change).clamp(0, 255) - clean
        done.append((clean + change).round()[:, 0].to(torch.uint8).cpu().numpy())
        if on_films is not None and on_films(start + len(clean)):
            break
    return np.concatenate(done) if done else films[:0]


def targets_for(features: NDArray[np.float64], ill: NDArray[np.int64], n: int, *, seed: int) -> NDArray[np.float64]:
    """Features of so many diseased films, drawn with replacement: what the poisoned films are to look like."""
    return features[np.random.default_rng(seed).choice(ill, n)]
