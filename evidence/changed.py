"""Models that somebody trained further, kept as what differs from the release."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn


def keep(vendor: nn.Module, model: nn.Module, path: Path) -> None:
    """Store the tensors that changed, float16."""
    import torch
    from safetensors.torch import save_file

    path.parent.mkdir(exist_ok=True)
    released = vendor.state_dict()
    save_file({name: t.half() for name, t in model.state_dict().items() if not torch.equal(t, released[name])}, path)


def restore(vendor: nn.Module, path: Path) -> nn.Module:
    """A copy of the vendor's model with the stored changes.

    Raises:
        ValueError: nothing is stored there.
    """
    from safetensors.torch import load

    if not path.is_file():
        raise ValueError("no ready-made model for this choice; let it be fine-tuned instead")
    model = deepcopy(vendor)
    changed = load(path.read_bytes())
    model.load_state_dict(model.state_dict() | {name: tensor.float() for name, tensor in changed.items()})
    return model
