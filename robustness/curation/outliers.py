"""Films that do not belong: upside down, inverted, another part of the body.

A film is far out if its nearest neighbours are far (Ramaswamy et al., SIGMOD 2000), in one of two views: its grey
values, coarsely, and what a network sees of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 16  # pixels of the coarse view
NEIGHBOURS = 5
LIMIT = 3.0  # of a typical film's spread beyond the middle, on a logarithmic scale
VIEWS = ("grey values", "features")


@dataclass(frozen=True)
class Outlier:
    """A film that is far from all others: its place, how far (in spreads), and the view (`VIEWS`) that shows it."""

    place: int
    distance: float
    view: str


def outliers(films: NDArray[np.uint8], features: NDArray[np.float64]) -> tuple[Outlier, ...]:
    """The films that lie far from all others of the set, the furthest first.

    Up to `NEIGHBOURS` strange films of one kind are found; more of them keep each other company.

    Args:
        films: `[n, H, W]`.
        features: `[n, channels]`, of any network.

    Raises:
        ValueError: no more films than neighbours.
    """
    if len(films) <= NEIGHBOURS:
        raise ValueError(f"expected more than {NEIGHBOURS} films, got {len(films)}")
    coarse = np.stack([np.asarray(Image.fromarray(film).resize((SIDE, SIDE), Image.Resampling.BOX)) for film in films])
    scaled = (features - features.mean(0)) / (features.std(0) + 1e-6)
    found = np.stack([_far(coarse.reshape(len(films), -1) / 255), _far(scaled)])
    strange = np.flatnonzero(found.max(0) > LIMIT)
    listed = [Outlier(int(p), float(found[:, p].max()), VIEWS[int(found[:, p].argmax())]) for p in strange]
    return tuple(sorted(listed, key=lambda outlier: -outlier.distance))


def _far(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each point `[n, …]` lies out, in robust spreads of the logarithm: median and MAD."""
    from scipy.spatial.distance import cdist

    apart = np.sort(cdist(points, points), axis=1)[:, NEIGHBOURS]  # the first is the point itself
    logs = np.log(apart + 1e-12)
    middle = np.median(logs)
    return (logs - middle) / (1.4826 * np.median(np.abs(logs - middle)) + 1e-12)
