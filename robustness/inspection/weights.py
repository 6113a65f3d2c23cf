"""Which layers of a delivered model differ from the vendor's release."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class Change:
    """Of one layer's weights: `share` is the length of the change relative to that of the vendor's weights, `changed`
    the share of the numbers that are others."""

    layer: str
    share: float
    changed: float


def changes(vendor: nn.Module, delivered: nn.Module) -> tuple[Change, ...]:
    """Every layer that has weights, from the film to the answer.

    A change does not say why: an honest update changes weights as well. No change at all is what provenance promises.

    Raises:
        ValueError: the models are not of one architecture.
    """
    ours, theirs = _layers(vendor), _layers(delivered)
    if {name: weights.shape for name, weights in ours.items()} != {n: w.shape for n, w in theirs.items()}:
        raise ValueError("the two models are not of one architecture, so their weights cannot be compared")
    return tuple(
        Change(
            name,
            float((theirs[name] - weights).norm() / weights.norm().clamp_min(1e-12)),
            float((theirs[name] != weights).float().mean()),
        )
        for name, weights in ours.items()
    )


def _layers(model: nn.Module) -> dict[str, torch.Tensor]:
    """Layer name → all its numbers in one row."""
    found: dict[str, list[torch.Tensor]] = {}
    for name, tensor in model.state_dict().items():
        if tensor.is_floating_point():
            found.setdefault(name.rpartition(".")[0] or name, []).append(tensor.detach().float().cpu().flatten())
    return {name: torch.cat(parts) for name, parts in found.items()}
