"""Threat models, attacks, smallest epsilon and saliency, on batches and on whole radiographs.

`REGISTRY`, `METHODS` and `ThreatModel` need no torch; everything else imports it (and Captum) when first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from robustness.attacks import REGISTRY, Attack
from robustness.saliency import METHODS
from robustness.threat import ThreatModel

if TYPE_CHECKING:
    from robustness.accidents import Mishap as Mishap
    from robustness.accidents import befall as befall
    from robustness.lattice import Lattice as Lattice
    from robustness.masking import check_masking as check_masking
    from robustness.radiographs import CaseResult as CaseResult
    from robustness.radiographs import attack_radiograph as attack_radiograph
    from robustness.radiographs import smallest_epsilon_of_radiograph as smallest_epsilon_of_radiograph
    from robustness.result import AttackResult as AttackResult
    from robustness.result import OnStep as OnStep
    from robustness.result import Step as Step
    from robustness.saliency.drift import Drift as Drift
    from robustness.saliency.drift import drift as drift
    from robustness.saliency.explain import Saliency as Saliency
    from robustness.saliency.explain import explain as explain
    from robustness.saliency.sanity import randomisation_check as randomisation_check
    from robustness.smallest import SmallestEpsilon as SmallestEpsilon
    from robustness.smallest import smallest_epsilon as smallest_epsilon
    from robustness.universal import Universal as Universal
    from robustness.universal import learn_universal as learn_universal
    from robustness.visibility import Display as Display
    from robustness.visibility import Visibility as Visibility
    from robustness.visibility import how_visible as how_visible

_ROOMS = {
    "Mishap": "robustness.accidents",
    "befall": "robustness.accidents",
    "AttackResult": "robustness.result",
    "Universal": "robustness.universal",
    "learn_universal": "robustness.universal",
    "check_masking": "robustness.masking",
    "Display": "robustness.visibility",
    "Visibility": "robustness.visibility",
    "how_visible": "robustness.visibility",
    "CaseResult": "robustness.radiographs",
    "Drift": "robustness.saliency.drift",
    "Lattice": "robustness.lattice",
    "OnStep": "robustness.result",
    "Saliency": "robustness.saliency.explain",
    "SmallestEpsilon": "robustness.smallest",
    "Step": "robustness.result",
    "attack_radiograph": "robustness.radiographs",
    "drift": "robustness.saliency.drift",
    "explain": "robustness.saliency.explain",
    "randomisation_check": "robustness.saliency.sanity",
    "smallest_epsilon": "robustness.smallest",
    "smallest_epsilon_of_radiograph": "robustness.radiographs",
}

__all__ = ["METHODS", "REGISTRY", "Attack", "ThreatModel", *_ROOMS]


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module 'robustness' has no attribute {name!r}")
    return getattr(import_module(_ROOMS[name]), name)
