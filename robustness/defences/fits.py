"""What defences learned from data: thresholds, operating points, and what ordinary features look like.

`python -m training.defences` writes it, from training and validation patients alone.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

FITS = Path(__file__).parent / "fits"


def operating_point(model: nn.Module, defence: str) -> float | None:
    """The disease's probability from which the defended model calls it, or None where the model's own stands."""
    return _numbers(_id(model)).get("operating_point", {}).get(defence)


def threshold(model: nn.Module, defence: str) -> float:
    """The score above which a detector refers. Raises `ValueError` where it was not fitted to this model."""
    thresholds = _numbers(_id(model)).get("threshold", {})
    if defence not in thresholds:
        raise ValueError(f"the detector {defence!r} was not fitted to the model {_id(model) or 'without a card'}")
    return thresholds[defence]


def gaussians(model: nn.Module) -> tuple[Tensor, Tensor]:
    """Means `[classes, channels]` of the model's features and their common precision `[channels, channels]`.

    Raises:
        ValueError: they were not fitted to this model.
    """
    path = FITS / f"{_id(model)}.safetensors"
    if not path.is_file():
        raise ValueError(f"no features of ordinary films are known for the model {_id(model) or 'without a card'}")
    tensors = load_file(path)
    device = next(model.parameters()).device
    return tensors["means"].float().to(device), tensors["precision"].float().to(device)


def save_gaussians(id: str, means: Tensor, precision: Tensor) -> None:
    """Keep what `gaussians` gives."""
    FITS.mkdir(exist_ok=True)
    save_file(
        {"means": means.half(), "precision": precision.to(torch.bfloat16).contiguous()}, FITS / f"{id}.safetensors"
    )


def save_numbers(id: str, numbers: dict[str, dict[str, float]]) -> None:
    """Keep what `operating_point` and `threshold` give."""
    FITS.mkdir(exist_ok=True)
    (FITS / f"{id}.json").write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    _numbers.cache_clear()


@functools.cache
def _numbers(id: str) -> dict[str, dict[str, float]]:
    path = FITS / f"{id}.json"
    return json.loads(path.read_text(encoding="utf-8")) if id and path.is_file() else {}


def _id(model: nn.Module) -> str:
    return model.card.id if hasattr(model, "card") else ""
