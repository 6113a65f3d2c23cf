"""What defences learned from data: thresholds, operating points, and what ordinary features look like.

`python -m training.defences` writes it, from training and validation patients alone. It was found with one set of
weights and says nothing of others: what was fitted to weights that the zoo no longer holds counts as not fitted.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

FITS = Path(__file__).parent / "fits"


def operating_point(model: nn.Module, defence: str) -> float | None:
    """The disease's probability from which the defended model calls it, or None where the model's own stands."""
    return _fitted(model).get("operating_point", {}).get(defence)


def threshold(model: nn.Module, defence: str) -> float:
    """The score above which a detector refers. Raises `ValueError` where it was not fitted to this model."""
    thresholds = _fitted(model).get("threshold", {})
    if defence not in thresholds:
        raise ValueError(f"the detector {defence!r} was not fitted to the model {_name(model)}")
    return thresholds[defence]


def gaussians(model: nn.Module) -> tuple[Tensor, Tensor]:
    """Means `[classes, channels]` of the model's features and their common precision `[channels, channels]`.

    Raises:
        ValueError: they were not fitted to this model.
    """
    path = FITS / f"{_name(model)}.safetensors"
    if not _fitted(model) or not path.is_file():
        raise ValueError(f"no features of ordinary films are known for the model {_name(model)}")
    tensors = load_file(path)
    device = next(model.parameters()).device
    return tensors["means"].float().to(device), tensors["precision"].float().to(device)


def save_gaussians(id: str, means: Tensor, precision: Tensor) -> None:
    """Keep what `gaussians` gives."""
    FITS.mkdir(exist_ok=True)
    save_file(
        {"means": means.half(), "precision": precision.to(torch.bfloat16).contiguous()}, FITS / f"{id}.safetensors"
    )


def save_numbers(id: str, sha256: str, numbers: dict[str, dict[str, float]]) -> None:
    """Keep what `operating_point` and `threshold` give, and the weights that all of it was fitted to."""
    FITS.mkdir(exist_ok=True)
    (FITS / f"{id}.json").write_text(json.dumps({"sha256": sha256} | numbers, indent=1) + "\n", encoding="utf-8")
    _stored.cache_clear()


def _fitted(model: nn.Module) -> dict[str, Any]:
    """Everything that was fitted to the model; nothing where it has no card, or other weights."""
    if not hasattr(model, "card"):
        return {}
    stored = _stored(FITS / f"{model.card.id}.json")
    return stored if stored.get("sha256") == model.card.sha256 else {}


@functools.cache
def _stored(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _name(model: nn.Module) -> str:
    return model.card.id if hasattr(model, "card") else "without a card"
