"""Attacks on the explanation: what a model gives as its reason is turned, apart from its answer.

`AIMS` needs no torch; everything else imports it when first asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from robustness.explanations.attack import ExplanationResult as ExplanationResult
    from robustness.explanations.attack import Look as Look
    from robustness.explanations.attack import turn_explanation as turn_explanation
    from robustness.explanations.radiographs import ExplanationCase as ExplanationCase
    from robustness.explanations.radiographs import attack_explanation as attack_explanation
    from robustness.explanations.radiographs import reason_of as reason_of

_ROOMS = {
    "ExplanationCase": "robustness.explanations.radiographs",
    "ExplanationResult": "robustness.explanations.attack",
    "Look": "robustness.explanations.attack",
    "attack_explanation": "robustness.explanations.radiographs",
    "reason_of": "robustness.explanations.radiographs",
    "turn_explanation": "robustness.explanations.attack",
}


@dataclass(frozen=True)
class Aim:
    """What an attack on the explanation wants: title for specialists, plain words for a clinician, paper."""

    title: str
    plain: str
    source: str


AIMS: dict[str, Aim] = {
    "move": Aim(
        "Same prediction, saliency moved",
        "The film is changed until the map points at a place of the attacker's choice, while the model's answer stays.",
        "Ghorbani, Abid and Zou, Interpretation of neural networks is fragile, AAAI 2019; "
        "Dombrowski et al., Explanations can be manipulated and geometry is to blame, NeurIPS 2019",
    ),
    "keep": Aim(
        "Flipped prediction, saliency kept",
        "The film is changed until the model gives another answer, while the map still shows what it showed before.",
        "Zhang et al., Interpretable deep learning under fire, USENIX Security 2020",
    ),
}

__all__ = ["AIMS", "Aim", *_ROOMS]


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module 'robustness.explanations' has no attribute {name!r}")
    return getattr(import_module(_ROOMS[name]), name)
