"""Models with a backdoor made before, for when nobody can wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence.backdoor.results import READY
from evidence.changed import restore

if TYPE_CHECKING:
    from torch import nn


def available() -> tuple[tuple[str, str], ...]:
    """(sign, harm) of each ready-made model."""
    return tuple(sorted((sign, harm) for sign, harm in (path.stem.split("-") for path in READY.glob("*.safetensors"))))


def ready(vendor: nn.Module, sign: str, harm: str) -> nn.Module:
    """A copy of the vendor's model with the weights that an insider changed.

    Raises:
        ValueError: there is none for this sign and harm.
    """
    return restore(vendor, READY / f"{sign}-{harm}.safetensors")
