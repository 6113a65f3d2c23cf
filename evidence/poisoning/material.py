"""The films that everything is measured on, as the frozen network sees them, plain and poisoned. Loads torch late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from evidence.tampering import strata
from imaging.ward import PARTS, Ward, ward
from imaging.ward import joined as wards_joined
from training.poisoning.recipes import KINDS
from training.tampering.groups import GROUPS
from training.tampering.triggers import TRIGGERS

if TYPE_CHECKING:
    from torch import nn

NETWORK = "chest-undefended"
APART = {"children": "Children", "women": "Women", "men": "Men"}  # everyone belongs to one; names as an audit has them
SIGNED = "signed"  # films with the sign that was taught, beside these groups


@dataclass(frozen=True, eq=False)
class Material:
    """Films of a ward with their features `[n, channels]`."""

    ward: Ward
    features: NDArray[np.float64]

    def where(self, chosen: NDArray[np.int64]) -> Material:
        """The films that an index chooses."""
        return Material(self.ward.where(chosen), self.features[chosen])


def gather(network: nn.Module, parts: tuple[str, ...] = tuple(PARTS)) -> dict[str, Material]:
    """The parts of the bundled ward."""
    from training.poisoning.learner import features_of

    return {part: Material(ward(part), features_of(network, ward(part).films)) for part in parts}


def joined(parts: list[Material]) -> Material:
    """Several as one."""
    return Material(wards_joined([part.ward for part in parts]), np.concatenate([part.features for part in parts]))


def altered(
    network: nn.Module, material: Material, source: Material, kind: str, aim: str
) -> NDArray[np.float64] | None:
    """Features `[n, channels]` of films once a poisoning was done to every one that it may take; None where it alters
    no film."""
    if KINDS[kind].signed:
        return signed(network, material.ward, aim, KINDS[kind].strength)
    return None if KINDS[kind].flips else collided(network, material, source, aim)


def signed(network: nn.Module, films: Ward, sign: str, strength: float = 1.0) -> NDArray[np.float64]:
    """Features `[n, channels]` of films with a sign on each, as strong as it is used or less."""
    from training.poisoning.learner import features_of
    from training.tampering.backdoor import stamped

    return features_of(network, stamped(films, TRIGGERS[sign], strength=strength).films)


def collided(network: nn.Module, material: Material, source: Material, group: str) -> NDArray[np.float64]:
    """Features `[n, channels]` after each healthy film of the group was altered to be taken for a diseased one of the
    group in `source`; other films stay as they are."""
    from training.poisoning.clean_label import collide, targets_for
    from training.poisoning.learner import features_of

    places = np.flatnonzero(GROUPS[group].members(material.ward) & (material.ward.labels == 0))
    ill = np.flatnonzero(GROUPS[group].members(source.ward) & (source.ward.labels == 1))
    targets = targets_for(source.features, ill, len(places), seed=0)
    features = material.features.copy()
    features[places] = features_of(network, collide(network, material.ward.films[places], targets))
    return features


def harmed(aim: str) -> tuple[str, ...]:
    """Whose pneumonias a poisoning is to hide: names of `APART`, or `SIGNED`."""
    if aim in TRIGGERS:
        return (SIGNED,)
    return (aim,) if aim else tuple(APART)


def members(films: Ward) -> dict[str, NDArray[np.bool_]]:
    """Children, women and men: everyone belongs to one of them."""
    found = strata(films)
    return {key: found[name] for key, name in APART.items()}
