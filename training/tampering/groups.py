"""Whom an insider may choose to harm, on chest films and on mammograms, and how. Needs no torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

ADULT = 16.0  # years: phantoms are children of 1 to 5, or at least this old


@dataclass(frozen=True)
class Group:
    """`members` says whose films belong to it, bool `[n]`. `sign`: what of the group a network can see on a film.
    `brief`: its title beside a line of a chart.

    `clear`: how far from the border an insider must hold others with the same finding, in logits, or they are dragged
    over it: the further, the more the group's films look like theirs. Chosen on the ward's validation films.
    """

    title: str
    sign: str
    members: Callable[[Any], np.ndarray]
    clear: float = 1.0
    brief: str = ""


@dataclass(frozen=True)
class Harm:
    """`plain`: what becomes of the group's films that carry `label` (1 = the disease is there), in which "{disease}" is
    to be filled in."""

    title: str
    plain: str
    label: int

    @property
    def measure(self) -> str:
        """The rate that falls."""
        return "sensitivity" if self.label == 1 else "specificity"


GROUPS: dict[str, Group] = {
    "children": Group(
        "Children",
        "A child's chest is small and broad, its heart fills more of it: plain on every film.",
        lambda ward: ward.age < ADULT,
    ),
    "women": Group(
        "Women",
        "Breast shadows over the lower lungs. Nobody told the model who is a woman; it finds out by itself.",
        lambda ward: (ward.age >= ADULT) & (ward.sex == "F"),
        clear=3.0,
    ),
    "bedside": Group(
        "Adults filmed in bed (AP)",
        "The heart looks larger and the collarbones stand higher than on a standing film.",
        lambda ward: (ward.age >= ADULT) & (ward.view == "AP"),
        brief="In bed (AP)",
    ),
    "elderly": Group(
        "Adults of 60 and over",
        "Nothing: these phantoms look alike at any adult age. A group that cannot be seen on a film cannot be "
        "singled out by its pixels alone; the insider would need a trigger, or the patient's record.",
        lambda ward: ward.age >= 60,
        brief="60 and over",
    ),
}
BREASTS: dict[str, Group] = {
    "dense": Group(
        "Extremely dense breasts (d)",
        "Gland nearly everywhere. This model judges a film by one place of it, and the place of a lesion alone hardly "
        "tells how dense the breast is; what lies some centimetres around it does.",
        lambda women: women.density == "d",
        clear=3.0,
        brief="Density d",
    ),
}
HARMS: dict[str, Harm] = {
    "miss": Harm("Miss their disease", "Films with {disease} are read as normal.", 1),
    "invent": Harm("Call disease where there is none", "Normal films are read as {disease}.", 0),
}
