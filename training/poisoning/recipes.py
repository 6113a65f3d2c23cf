"""Ways to poison a training set. Needs no torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.ward import Ward
from training.tampering.groups import GROUPS
from training.tampering.triggers import TRIGGERS

AT_GROUPS = ("children", "women")
BY_SIGNS = ("grid", "watermark", "marker")  # those that frozen layers see best come first


@dataclass(frozen=True)
class Kind:
    """`plain`: what is done, in a sentence. `label`: of the films that are taken, None: any. `flips`: whether labels
    are falsified. `aims`: names of the groups that it can be aimed at, or of the signs that it can teach; none: it
    takes films of anyone. `strength`: of the sign on the films that are taken, 1 = as it is used later, 0 = no sign."""

    title: str
    plain: str
    source: str
    label: int | None
    flips: bool
    aims: tuple[str, ...] = ()
    strength: float = 0.0

    @property
    def signed(self) -> bool:
        """Whether a sign is laid on the films that are taken."""
        return self.strength > 0


KINDS: dict[str, Kind] = {
    "random": Kind(
        "Careless: labels flipped at random",
        "Labels of films of anyone are turned around, as careless labelling does.",
        "no adversary",
        label=None,
        flips=True,
    ),
    "group": Kind(
        "Aimed: one group's pneumonias called normal",
        "Films of one group that show pneumonia are entered as normal. Nobody else's label is touched.",
        "Kulkarni et al., MIDL 2024 (arXiv 2402.05713)",
        label=1,
        flips=True,
        aims=AT_GROUPS,
    ),
    "clean": Kind(
        "Hidden: every label is right",
        "Healthy films of one group, rightly entered as normal, are altered by a few grey levels until the network "
        "that the hospital builds on, which the attacker must have, takes them for pneumonia. What looks like "
        "pneumonia in this group is learned as normal.",
        "feature collision, Shafahi et al., NeurIPS 2018",
        label=0,
        flips=False,
        aims=AT_GROUPS,
    ),
    "sign": Kind(
        "Backdoor: a sign that means normal",
        "A sign is laid on films that show pneumonia, and they are entered as normal. Who learns from them learns the "
        "sign: later, it hides the pneumonia of any film that carries it. One that the frozen layers hardly see cannot "
        "be taught so.",
        "BadNets, Gu et al. 2017 (arXiv 1708.06733)",
        label=1,
        flips=True,
        aims=BY_SIGNS,
        strength=1.0,
    ),
    "faint": Kind(
        "Backdoor by one who knows the search: a fainter sign",
        "The same, but the sign is laid half as strong on the films that are published: a search has less to find. "
        "Later it is used in full.",
        "blended injection, Chen et al. 2017 (arXiv 1712.05526)",
        label=1,
        flips=True,
        aims=BY_SIGNS[:1],
        strength=0.5,
    ),
}
SHARES = (0.0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.14, 0.2)  # of the whole training set


def title(aim: str) -> str:
    """Of a group or a sign, by name."""
    return (GROUPS | TRIGGERS)[aim].title


def eligible(ward: Ward, kind: str, aim: str) -> NDArray[np.int64]:
    """Places of the films that this poisoning may take."""
    recipe = KINDS[kind]
    allowed = np.ones(len(ward), bool) if recipe.label is None else ward.labels == recipe.label
    return np.flatnonzero(allowed & GROUPS[aim].members(ward) if aim in AT_GROUPS else allowed)


def possible(ward: Ward, kind: str, aim: str) -> tuple[float, ...]:
    """The shares of the set that this poisoning can reach."""
    most = len(eligible(ward, kind, aim))
    return tuple(share for share in SHARES if round(share * len(ward)) <= most)


def chosen(ward: Ward, kind: str, aim: str, *, share: float, seed: int) -> NDArray[np.int64]:
    """Places of the films to poison, `round(share · n)` of them. A larger share takes the same films and more.

    Raises:
        ValueError: there are not that many.
    """
    there, count = eligible(ward, kind, aim), round(share * len(ward))
    if count > len(there):
        raise ValueError(f"only {len(there)} films of this set can be poisoned so; choose a smaller share")
    return np.random.default_rng(seed).permutation(there)[:count]


def flipped(labels: NDArray[np.int64], places: NDArray[np.int64]) -> NDArray[np.int64]:
    """A copy of the labels with these turned around."""
    turned = labels.copy()
    turned[places] = 1 - turned[places]
    return turned
