"""Models that answer by chance, such as a smoothed one. They say so by having `reseed(seed)`."""

from __future__ import annotations

from collections.abc import Iterator

from torch import nn

ONLY_TRAINING = (nn.modules.batchnorm._BatchNorm, nn.modules.dropout._DropoutNd)
READS = 5
"""How often such a model reads a film anew before a success counts: one lucky draw is none."""


def by_chance(model: nn.Module) -> bool:
    """Whether the same film may be answered otherwise the next time."""
    return next(_drawing(model), None) is not None


def settle(model: nn.Module, seed: int) -> None:
    """All that the model draws from here on comes from this seed.

    Raises:
        ValueError: a layer in training mode, whose answers hang on the batch and which reading would change.
    """
    if any(part.training and isinstance(part, ONLY_TRAINING) for part in model.modules()):
        raise ValueError("expected a model in eval mode: its normalisation or dropout still trains")
    for part in _drawing(model):
        part.reseed(seed)


def _drawing(model: nn.Module) -> Iterator[nn.Module]:
    return (part for part in model.modules() if hasattr(part, "reseed"))
