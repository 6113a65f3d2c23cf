"""A training set under suspicion: what the model makes of the films that are said to be of one class.

Poisoned films reach their label another way than the others, and so lie apart in the layer before the last. Activation
clustering (Chen et al. 2018, arXiv 1811.03728) splits a class in two; spectral signatures (Tran et al., NeurIPS 2018)
look along the direction in which it spreads most.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

COMPONENTS = 10  # of the activations, before they are clustered (paper, section 4)


@dataclass(frozen=True, eq=False)
class Clusters:
    """`small` bool `[n]`: the films of the smaller cluster; `silhouette`: how well the two are told apart, −1 to 1."""

    small: NDArray[np.bool_]
    silhouette: float


def clusters(features: NDArray[np.float64], *, seed: int = 0) -> Clusters:
    """Split one class's films, features `[n, channels]`, in two.

    Raises:
        ValueError: fewer films than components.
    """
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA
    from sklearn.metrics import silhouette_score

    if len(features) <= COMPONENTS:
        raise ValueError(f"expected more than {COMPONENTS} films of the class, got {len(features)}")
    reduced = PCA(COMPONENTS, random_state=seed).fit_transform(features)
    split = KMeans(2, n_init=10, random_state=seed).fit_predict(reduced).astype(bool)
    small = split if split.mean() < 0.5 else ~split
    return Clusters(small, float(silhouette_score(reduced, split)))


def spectral_scores(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Outlier score of each film of one class, `[n]`: its squared share of the direction of largest spread."""
    centred = features - features.mean(0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    return (centred @ directions[0]) ** 2
