"""Other people's models as every attack takes them: images `[N, 1, H, W]` → logits `[N, classes]`, the disease last.

For models with one logit, with one for each of several findings, with probabilities, or that can only be asked. They
go together: `one_of(from_probabilities(model, "sigmoid"), "Pneumonia", findings=model.pathologies)`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, Literal, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Activation = Literal["softmax", "sigmoid"]


def one_logit(model: nn.Module) -> Adapted:
    """A model with one logit z of the disease, `[N, 1]` or `[N]`, as one with two: −z / 2 and z / 2.

    Their softmax is sigmoid(z), so probabilities, operating point and card (kept, if there is one) mean the same.

    Raises:
        ValueError: when it reads, for answers of another shape.
    """

    def convert(answers: Tensor) -> Tensor:
        if answers.ndim not in (1, 2) or answers[:1].numel() > 1:
            raise ValueError(f"expected one logit a film, of shape [N, 1] or [N], got {tuple(answers.shape)}")
        return _against_absence(answers.flatten())

    return Adapted(model, convert, card=getattr(model, "card", None))


def one_of(model: nn.Module, finding: int | str, *, findings: Sequence[str] | None = None) -> Adapted:
    """One finding of a multi-label model `[N, findings]` against its absence: −z / 2 and z / 2 for its logit z.

    Args:
        model: one logit for each finding, each with a sigmoid of its own.
        finding: its column, or its name among `findings`.
        findings: the names of the columns.

    It has no card: that of the model speaks of all findings.

    Raises:
        ValueError: a name that is not among them; when it reads, for answers of another shape or without that column.
    """
    names = list(findings or ())
    if isinstance(finding, str) and finding not in names:
        raise ValueError(f"expected a finding out of {', '.join(names) or 'none'}, got {finding!r}")
    column = names.index(finding) if isinstance(finding, str) else finding

    def convert(answers: Tensor) -> Tensor:
        if answers.ndim != 2 or not 0 <= column < answers.shape[1]:
            raise ValueError(
                f"expected logits of shape [N, findings] with a column {column}, got {tuple(answers.shape)}"
            )
        return _against_absence(answers[:, column])

    return Adapted(model, convert)


def from_probabilities(model: nn.Module, activation: Activation) -> Adapted:
    """A model that ends in `activation`, as one without: log p after a softmax `[N, classes]`, log p / (1 − p) after a
    sigmoid `[N]` or `[N, findings]`. The card, if there is one, is kept: the probabilities are the same.

    Raises:
        ValueError: an unknown activation; when it reads, for values outside [0, 1].

    A probability that is rounded to 0 or 1 becomes the largest logit that still has one beside it. No gradient is left
    there, so whoever asks for one is warned: a white-box attack stands still on such a film.
    """
    if activation not in get_args(Activation):
        raise ValueError(f"expected activation to be one of {', '.join(get_args(Activation))}, got {activation!r}")

    def convert(answers: Tensor) -> Tensor:
        low, high = (float(value) for value in answers.detach().aminmax())
        if low < 0 or high > 1:
            raise ValueError(f"expected probabilities in [0, 1], got values from {low:.3g} to {high:.3g}")
        if answers.requires_grad and (low == 0 or high == 1):
            warnings.warn(
                "some of the probabilities are rounded to 0 or 1, where no gradient is left: a white-box attack "
                f"stands still there; attack the model before its {activation}, or only ask it",
                RuntimeWarning,
                stacklevel=2,
            )
        kinds = torch.finfo(answers.dtype)
        answers = answers.clamp(kinds.tiny, 1 - kinds.eps / 2)
        return answers.log() if activation == "softmax" else answers.logit()

    return Adapted(model, convert, card=getattr(model, "card", None))


class Adapted(nn.Module):
    """A model, in eval mode with frozen parameters, whose answers are converted. See the functions that make one."""

    def __init__(self, model: nn.Module, convert: Callable[[Tensor], Tensor], *, card: Any = None) -> None:
        super().__init__()
        self.model, self.convert = model, convert
        if card is not None:
            self.card = card
        self.eval().requires_grad_(False)

    @property
    def saliency_layer(self) -> nn.Module:
        """The inner model's: what Grad-CAM looks at."""
        return self.model.saliency_layer

    @property
    def to_film(self) -> Callable[[Tensor, Tensor], Tensor]:
        """The inner model's: maps over what the network saw, as they lie on the films."""
        return self.model.to_film

    def forward(self, images: Tensor) -> Tensor:
        answers = self.model(images)
        if not isinstance(answers, Tensor):
            raise ValueError(f"expected the model to answer with a tensor, got {type(answers).__name__}")
        if answers.shape[:1] != images.shape[:1]:
            raise ValueError(f"expected an answer for each of {len(images)} films, got {tuple(answers.shape)}")
        return self.convert(answers)


class Oracle(nn.Module):
    """A reader that can only be asked, such as a service or another framework's model. It has no gradient, so a
    white-box attack refuses it; the Square attack, RayS and HopSkipJump only ask.

    Args:
        ask: films, a NumPy array `[N, 1, H, W]` in [0, 1] → whatever it answers, as an array.
        device: where films and answers live as tensors.
    """

    def __init__(self, ask: Callable[[NDArray[np.floating]], Any], device: torch.device | str = "cpu") -> None:
        super().__init__()
        self.ask = ask
        self.place = nn.Parameter(torch.empty(0, device=device), requires_grad=False)  # films go where parameters are

    def forward(self, images: Tensor) -> Tensor:
        return torch.as_tensor(np.asarray(self.ask(images.detach().cpu().numpy()))).to(images)


def _against_absence(logit: Tensor) -> Tensor:
    """Logits of a sigmoid, `[N]`, as those of a softmax over absence and presence, `[N, 2]`."""
    return torch.stack([-logit / 2, logit / 2], dim=1)
