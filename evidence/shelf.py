"""Tampered models that were made before, for when nobody can wait: what differs from the release, and no more."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn


RELEASE = "release.sha256"


@dataclass(frozen=True)
class Shelf:
    """One file for each model, named after its `kind` (whom it fails, or its sign) and `harm`, in one folder; beside
    them the digest of the release that all of them were made from, since they say nothing without it."""

    folder: Path

    def available(self) -> tuple[tuple[str, str], ...]:
        """(kind, harm) of each model."""
        stems = (path.stem.split("-") for path in self.folder.glob("*.safetensors"))
        return tuple(sorted((kind, harm) for kind, harm in stems))

    def keep(self, vendor: nn.Module, model: nn.Module, kind: str, harm: str) -> None:
        """Store the tensors that changed, float16."""
        import torch
        from safetensors.torch import save_file

        self.folder.mkdir(exist_ok=True)
        if self._release() != vendor.card.sha256:
            for path in self.folder.glob("*.safetensors"):
                path.unlink()
            (self.folder / RELEASE).write_text(vendor.card.sha256 + "\n", encoding="utf-8")
        released = vendor.state_dict()
        now = model.state_dict()  # weights may lie channels last in memory, which a file cannot
        changed = {name: t.half().contiguous() for name, t in now.items() if not torch.equal(t, released[name])}
        save_file(changed, self._file(kind, harm))

    def take(self, vendor: nn.Module, kind: str, harm: str) -> nn.Module:
        """A copy of the vendor's model with the weights that an insider changed.

        Raises:
            ValueError: there is none of this kind and harm, or it was made from another release.
        """
        from safetensors.torch import load

        if (kind, harm) not in self.available() or self._release() != vendor.card.sha256:
            raise ValueError("no ready-made model for this choice; let it be fine-tuned instead")
        model = deepcopy(vendor)
        changed = load(self._file(kind, harm).read_bytes())
        model.load_state_dict(model.state_dict() | {name: tensor.float() for name, tensor in changed.items()})
        return model

    def _release(self) -> str:
        path = self.folder / RELEASE
        return path.read_text(encoding="utf-8").strip() if path.is_file() else ""

    def _file(self, kind: str, harm: str) -> Path:
        return self.folder / f"{kind}-{harm}.safetensors"
