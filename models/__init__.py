"""Reading models: networks, the zoo (id → network, weights, card) and how a film becomes a reading.

`ids`, `card`, `pair` and `Card` need no torch; everything else imports it when first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from models.catalogue import Card, Figure, card, ids, kind_of, modalities, pair

if TYPE_CHECKING:
    from models.device import choose_device
    from models.networks import ChestNet, Resize
    from models.reading import Reading, decision_logits, disease_probability, read, to_images
    from models.zoo import load

_ROOMS = {
    "choose_device": "models.device",
    "ChestNet": "models.networks",
    "Resize": "models.networks",
    "Reading": "models.reading",
    "decision_logits": "models.reading",
    "disease_probability": "models.reading",
    "read": "models.reading",
    "to_images": "models.reading",
    "load": "models.zoo",
}

__all__ = [
    "Card",
    "ChestNet",
    "Figure",
    "Reading",
    "Resize",
    "card",
    "choose_device",
    "decision_logits",
    "disease_probability",
    "ids",
    "kind_of",
    "load",
    "modalities",
    "pair",
    "read",
    "to_images",
]


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module 'models' has no attribute {name!r}")
    return getattr(import_module(_ROOMS[name]), name)
