"""Tampered models made before, for when nobody can wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence.changed import restore
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
    return restore(vendor, READY / f"{group}-{harm}.safetensors")
