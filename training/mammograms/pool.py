"""Mammograms made ready to draw from: the network's own raster over each breast, on the breast's own grey scale."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from models.networks.breast import Breast
from training.mammograms.films import Mammograms

BRIGHTEST = 1.3  # what is brighter on the prepared scale is cut: pectoral muscle and coarse calcification
COARSER = 4  # outlines and lesions are kept at a quarter of the raster


@dataclass(frozen=True)
class BreastPool:
    """Films to draw from, all arrays by film; chest wall on the left.

    `breasts` uint8 `[n, h, w]`, 255 = `BRIGHTEST` on the prepared scale; `outlines`, `lesions` uint8
    `[n, h / 4, w / 4]`, 255 inside the breast or any lesion · `suspicious`, `lesion`, `located` `[n]` as in
    `Mammograms` · `weights` `[n]`: how often each is drawn · `share` of the pool among pools.
    """

    breasts: np.ndarray
    outlines: np.ndarray
    lesions: np.ndarray
    suspicious: np.ndarray
    lesion: np.ndarray
    located: np.ndarray
    weights: np.ndarray
    share: float

    def where(self, chosen: np.ndarray) -> BreastPool:
        """The films that a boolean array chooses."""
        parts = {name: value[chosen] for name, value in vars(self).items() if name != "share"}
        return BreastPool(**parts | {"weights": parts["weights"] / parts["weights"].sum()}, share=self.share)


def pool(cohort: Mammograms, prepare: Breast, share: float) -> BreastPool:
    """Prepare every film of a cohort. Suspicious films are drawn as often as all others, half of those with a benign
    lesion where there are such."""
    n, (height, width) = len(cohort), prepare.size
    breasts = np.empty((n, height, width), np.uint8)
    outlines, lesions = np.empty((2, n, height // COARSER, width // COARSER), np.uint8)
    for index in range(n):
        film = torch.from_numpy(cohort.film(index))[None, None]
        frame, outline = prepare.find(film)
        marked = torch.from_numpy(cohort.lesion(index).astype(np.float32))[None, None]
        prepared = prepare.normalise(frame.sample(film, prepare.size), outline)
        breasts[index] = _bytes(prepared / BRIGHTEST)
        outlines[index] = _bytes(F.avg_pool2d(outline, COARSER))
        lesions[index] = _bytes(F.avg_pool2d(frame.sample(marked, prepare.size), COARSER))
    kinds = cohort.labels * 2 + (cohort.table.lesion.to_numpy() > cohort.labels)
    mass = np.array([2.0, 1.0, 3.0]) / 6 if (kinds == 1).any() else np.array([0.5, 0.0, 0.5])
    return BreastPool(
        breasts,
        outlines,
        lesions,
        suspicious=cohort.labels,
        lesion=cohort.table.lesion.to_numpy(),
        located=cohort.table.located.to_numpy(),
        weights=mass[kinds] / np.bincount(kinds, minlength=3)[kinds],
        share=share,
    )


def _bytes(image: torch.Tensor) -> np.ndarray:
    return (255 * image[0, 0]).round().clamp(0, 255).to(torch.uint8).numpy()
