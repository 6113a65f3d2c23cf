"""The tell-apart test: how well a classifier that was trained for it separates phantoms from real films.

Held out in three folds of patients: no film is judged by a network that has seen it. 0.5 would be perfect phantoms.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Generator, Tensor

from evidence.realism.films import Comparison, Films
from evidence.realism.statistics import quantiles, spectra
from models.networks import ChestNet

FOLDS, EPOCHS, BATCH, RATE = 3, 16, 32, 2e-3
RIDGE = 3.0
Scores = NDArray[np.float64]


def together(comparisons: list[Comparison], side: int) -> tuple[Tensor, NDArray[np.int64]]:
    """Films `[2n, 1, side, side]` in [0, 1] and whether each is drawn (1) or real (0)."""
    films = torch.cat([_resized(part, side) for c in comparisons for part in (c.real, c.drawn)])
    return films, np.concatenate([np.repeat([0, 1], len(c.real)) for c in comparisons])


def network_scores(films: Tensor, drawn: NDArray[np.int64], *, seed: int = 0) -> Scores:
    """`[n]`, higher for drawn: a small residual network from random weights, every film scaled to the same mean and
    deviation, mirrored and shifted at random. Ranks within a fold, so that folds can be put together."""
    scores = np.empty(len(drawn))
    fold = _folds(drawn, seed)
    for held in range(FOLDS):
        model = _trained(films[fold != held], torch.from_numpy(drawn[fold != held]), seed + held)
        with torch.inference_mode():
            logits = torch.cat([model(part) for part in films[fold == held].split(64)])
        scores[fold == held] = _ranks((logits[:, 1] - logits[:, 0]).double().numpy())
    return scores


def linear_scores(
    comparisons: list[Comparison], drawn: NDArray[np.int64], *, seed: int = 0
) -> tuple[Scores, dict[str, float]]:
    """As `network_scores`, by ridge regression on log spectrum and histogram alone, and the weights: a picture of why.

    A positive weight: more of it in phantoms.
    """
    named = _features(comparisons)
    x = np.stack(list(named.values()), 1)
    x = (x - x.mean(0)) / x.std(0)
    fold, scores = _folds(drawn, seed), np.empty(len(drawn))
    weights = []
    for held in range(FOLDS):
        a, b = x[fold != held], 2.0 * drawn[fold != held] - 1
        w = np.linalg.solve(a.T @ a + RIDGE * np.eye(a.shape[1]), a.T @ b)
        scores[fold == held] = _ranks(x[fold == held] @ w)
        weights.append(w)
    mean = dict(zip(named, np.mean(weights, 0).tolist(), strict=True))
    return scores, {name: round(mean[name], 3) for name in sorted(mean, key=lambda name: -abs(mean[name]))[:6]}


def _features(comparisons: list[Comparison]) -> dict[str, Scores]:
    """Log power in bands of half an octave, relative to all of it, and nine quantiles of the scaled grey levels."""
    edges = np.unique(np.rint(np.geomspace(2, 112, 13)).astype(int))
    parts = [part for c in comparisons for part in (c.real, c.drawn)]
    power = np.concatenate([np.log(np.add.reduceat(spectra(p)[:, :112], edges[:-1], axis=1) + 1e-9) for p in parts])
    power -= power.mean(1, keepdims=True)
    grey = np.concatenate([quantiles(part)[:, 5:100:10] for part in parts])
    bands = [f"power {low}–{high} cycles" for low, high in pairwise(edges)]
    names = [*bands, *(f"grey quantile {q} %" for q in range(5, 100, 10))]
    return dict(zip(names, np.hstack([power, grey]).T, strict=True))


def _trained(films: Tensor, drawn: Tensor, seed: int) -> ChestNet:
    torch.manual_seed(seed)
    generator = Generator().manual_seed(seed)
    model = ChestNet(size=films.shape[-1], width=16, depths=(1, 1, 1))
    steps = -(-len(films) // BATCH)
    optimizer = torch.optim.AdamW(model.parameters(), RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, EPOCHS * steps)
    for _ in range(EPOCHS):
        for chosen in torch.randperm(len(films), generator=generator).split(BATCH):
            loss = F.cross_entropy(model(_moved(films[chosen], generator)), drawn[chosen])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
    return model.eval()


def _moved(films: Tensor, generator: Generator) -> Tensor:
    if torch.rand((), generator=generator) < 0.5:
        films = films.flip(-1)
    reach = max(1, films.shape[-1] // 16)
    down, across = torch.randint(-reach, reach + 1, (2,), generator=generator).tolist()
    return films.roll((down, across), (-2, -1))


def _folds(drawn: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Every film is a patient of its own, and a phantom goes where the film goes for which it was drawn."""
    fold = np.empty(len(drawn), int)
    for kind in (0, 1):
        fold[drawn == kind] = np.random.default_rng(seed).permutation(int((drawn == kind).sum())) % FOLDS
    return fold


def _ranks(scores: Scores) -> Scores:
    return scores.argsort().argsort() / len(scores)


def _resized(films: Films, side: int) -> Tensor:
    small = torch.from_numpy(films)[:, None].float() / 255
    return F.interpolate(small, (side, side), mode="bilinear", antialias=True, align_corners=False)
