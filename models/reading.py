"""How a film becomes a reading: image → logits → probability → the class at the operating point."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from imaging import Radiograph


@dataclass(frozen=True)
class Reading:
    """What a model says about one film. `probability` is the disease's, in [0, 1]."""

    prediction: str
    probability: float
    model: str
    operating_point: float


def disease_probability(model: nn.Module, logits: Tensor) -> Tensor:
    """Calibrated probability of the disease (the last class), `[N, classes]` → `[N]`.

    Of a model that `refers`, whose first answer is that a radiologist must look, among its answers about the disease.
    """
    return (logits[:, 1:] if getattr(model, "refers", False) else logits).softmax(dim=-1)[:, -1]


def decision_logits(model: nn.Module, logits: Tensor) -> Tensor:
    """Logits whose argmax is the decision at the model's operating point, `[N, classes]` → `[N, classes]`.

    The operating point p moves the border between the disease and any one other class from 0.5 to p: logit(p) is taken
    off the disease's logit. A model without a card decides at 0.5. Attacks and flips are judged by these, never by a
    bare argmax.
    """
    point = model.card.operating_point if hasattr(model, "card") else 0.5
    shift = torch.zeros(logits.shape[-1], dtype=logits.dtype, device=logits.device)
    shift[-1] = math.log(point / (1 - point))
    return logits - shift


def to_images(model: nn.Module, radiograph: Radiograph) -> Tensor:
    """The film as the model takes it: `[1, 1, H, W]`, display space, on the model's device."""
    device = next(model.parameters()).device
    return torch.from_numpy(np.array(radiograph.pixels, dtype=np.float32))[None, None].to(device)


def read(model: nn.Module, radiograph: Radiograph) -> Reading:
    """The model's reading of a film.

    Raises:
        ValueError: the model gives no number for this film.
    """
    with torch.inference_mode():
        logits = model(to_images(model, radiograph))
    if not torch.isfinite(logits).all():
        raise ValueError("the model gives no answer for this film; try another film")
    decision = int(decision_logits(model, logits).argmax(dim=-1))
    card = model.card
    return Reading(card.classes[decision], float(disease_probability(model, logits)), card.id, card.operating_point)
