"""Tampered models made before, for when nobody can wait."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from evidence.tampering.results import READY

if TYPE_CHECKING:
    from torch import nn


def available() -> tuple[tuple[str, str], ...]:
    """(group, harm) of each ready-made model."""
    return tuple(
        sorted((group, harm) for group, harm in (path.stem.split("-") for path in READY.glob("*.safetensors")))
    )


def ready(vendor: nn.Module, group: str, harm: str) -> nn.Module:
    """A copy of the vendor's model with the weights that an insider changed.

    Raises:
        ValueError: there is none for this group and harm.
    """
    from safetensors.torch import load

    if (group, harm) not in available():
        raise ValueError("no ready-made model for this choice; let it be fine-tuned instead")
    model = deepcopy(vendor)
    changed = load((READY / f"{group}-{harm}.safetensors").read_bytes())
    model.load_state_dict(model.state_dict() | {name: tensor.float() for name, tensor in changed.items()})
    return model
