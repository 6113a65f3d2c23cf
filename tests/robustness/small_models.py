"""Models small enough to attack in milliseconds, and one whose answers can be worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import torch
from torch import Tensor, nn

from models.adapters import one_logit, one_of


class Brightness(nn.Module):
    """Two classes; the second leads by `slope · (mean brightness − border)`. Its gradient is `slope / pixels`."""

    def __init__(self, border: float = 0.5, slope: float = 10.0) -> None:
        super().__init__()
        self.slope = nn.Parameter(torch.tensor(slope), requires_grad=False)
        self.border = border

    def forward(self, images: Tensor) -> Tensor:
        lead = self.slope * (images.mean(dim=(1, 2, 3)) - self.border)
        return torch.stack([-lead / 2, lead / 2], dim=1)


class Band(nn.Module):
    """Two classes; the second leads by `width − |mean brightness − centre|`: only in a narrow band, dim or bright."""

    def __init__(self, centre: float, width: float) -> None:
        super().__init__()
        self.centre, self.width = centre, width

    def forward(self, images: Tensor) -> Tensor:
        lead = self.width - (images.mean(dim=(1, 2, 3)) - self.centre).abs()
        return torch.stack([-lead / 2, lead / 2], dim=1)


class Weighted(nn.Module):
    """Logits `(0, Σ weight · pixel)`; every attribution is worked out by hand."""

    def __init__(self, weight: list[list[float]]) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(weight), requires_grad=False)

    def forward(self, images: Tensor) -> Tensor:
        lead = (images * self.weight).sum(dim=(1, 2, 3))
        return torch.stack([torch.zeros_like(lead), lead], dim=1)


class TinyNet(nn.Module):
    """A convolutional network with smooth activations and any number of classes, seeded; any image size."""

    def __init__(self, classes: int = 2, seed: int = 0, gain: float = 6.0) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.conv1 = nn.Conv2d(1, 6, 5, 2, 2)
            self.conv2 = nn.Conv2d(6, 8, 3, 2, 1)
            self.head = nn.Linear(8, classes)
        self.act1, self.act2 = nn.Tanh(), nn.Tanh()
        self.gain = gain

    @property
    def saliency_layer(self) -> nn.Module:
        return self.act2

    def forward(self, images: Tensor) -> Tensor:
        features = self.act2(self.conv2(self.act1(self.conv1(self.gain * (images - 0.5)))))
        return self.gain * self.head(features.mean(dim=(2, 3)))


def tiny(classes: int = 2, seed: int = 0, dtype: torch.dtype = torch.float32) -> TinyNet:
    """A frozen TinyNet in eval mode."""
    return TinyNet(classes, seed).eval().requires_grad_(False).to(dtype)


KINDS: dict[str, Callable[[torch.dtype], nn.Module]] = {
    "two classes": lambda dtype: tiny(dtype=dtype),
    "one logit": lambda dtype: one_logit(tiny(1, seed=1, dtype=dtype)),
    "several findings": lambda dtype: one_of(tiny(4, dtype=dtype), 1),
    "three classes": lambda dtype: tiny(3, seed=2, dtype=dtype),
    "an operating point": lambda dtype: with_card(tiny(seed=3, dtype=dtype), 0.3),
}
"""Every kind of model that an attack may meet."""


def needs(name: str, surrogate: nn.Module | None = None) -> dict[str, nn.Module]:
    """The options without which an attack of the registry can't run on a small model."""
    return {"surrogate": surrogate or tiny()} if name == "transfer" else {}


def with_card(model: nn.Module, operating_point: float = 0.5) -> nn.Module:
    """The model with what `models.read` needs of a card."""
    classes = ("normal", "pneumonia")
    model.card = SimpleNamespace(id="small", classes=classes, operating_point=operating_point)
    return model.eval().requires_grad_(False)
