"""Ways to poison a training set. Needs no torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.ward import Ward
from training.tampering.groups import GROUPS


@dataclass(frozen=True)
class Kind:
    """`plain`: what is done, in a sentence. `aimed`: at one group. `label`: of the films that are taken, None: any.
    `flips`: whether labels are falsified; else the pixels carry the lie."""

    title: str
    plain: str
    source: str
    aimed: bool
    label: int | None
    flips: bool


KINDS: dict[str, Kind] = {
    "random": Kind(
        "Careless: labels flipped at random",
        "Labels of films of anyone are turned around, as careless labelling does.",
        "no adversary",
        aimed=False,
        label=None,
        flips=True,
    ),
    "group": Kind(
        "Aimed: one group's pneumonias called normal",
        "Films of one group that show pneumonia are entered as normal. Nobody else's label is touched.",
        "Kulkarni et al., MIDL 2024 (arXiv 2402.05713)",
        aimed=True,
        label=1,
        flips=True,
    ),
    "clean": Kind(
        "Hidden: every label is right",
        "Healthy films of one group, rightly entered as normal, are altered by a few grey levels until a network takes "
        "them for pneumonia. It learns that what looks like pneumonia in this group is normal.",
        "feature collision, Shafahi et al., NeurIPS 2018",
        aimed=True,
        label=0,
        flips=False,
    ),
}
AIMED_AT = ("children", "women")
SHARES = (0.0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.14, 0.2)  # of the whole training set


def eligible(ward: Ward, kind: str, group: str) -> NDArray[np.int64]:
    """Places of the films that this poisoning may take."""
    recipe = KINDS[kind]
    allowed = np.ones(len(ward), bool) if recipe.label is None else ward.labels == recipe.label
    return np.flatnonzero(allowed & GROUPS[group].members(ward)) if recipe.aimed else np.flatnonzero(allowed)


def possible(ward: Ward, kind: str, group: str) -> tuple[float, ...]:
    """The shares of the set that this poisoning can reach."""
    most = len(eligible(ward, kind, group))
    return tuple(share for share in SHARES if round(share * len(ward)) <= most)


def chosen(ward: Ward, kind: str, group: str, *, share: float, seed: int) -> NDArray[np.int64]:
    """Places of the films to poison, `round(share · n)` of them. A larger share takes the same films and more.

    Raises:
        ValueError: there are not that many.
    """
    there, count = eligible(ward, kind, group), round(share * len(ward))
    if count > len(there):
        raise ValueError(f"only {len(there)} films of this set can be poisoned so; choose a smaller share")
    return np.random.default_rng(seed).permutation(there)[:count]


def flipped(labels: NDArray[np.int64], places: NDArray[np.int64]) -> NDArray[np.int64]:
    """A copy of the labels with these turned around."""
    turned = labels.copy()
    turned[places] = 1 - turned[places]
    return turned
