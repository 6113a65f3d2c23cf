"""What every wrapped model shares: the card of the model inside under another name, and its way back to the film."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torch import Tensor, nn

from robustness.defences import fits

if TYPE_CHECKING:
    from robustness.defences import Defence


class Wrapped(nn.Module):
    """A model inside a defence. `card`, where the model has one, is the model's with the defence's id and title, and
    the operating point that was chosen for the two together."""

    def __init__(self, model: nn.Module, defence: Defence) -> None:
        super().__init__()
        self.model = model
        if hasattr(model, "card"):
            title = f"{model.card.title}, {defence.title}"
            point = fits.operating_point(model, defence.name) or model.card.operating_point
            self.card = replace(
                model.card, id=f"{model.card.id}+{defence.name}", title=title, operating_point=point, defended=True
            )
        self.eval().requires_grad_(False)

    @property
    def saliency_layer(self) -> nn.Module:
        """The inner model's: what Grad-CAM looks at."""
        return self.model.saliency_layer

    def to_film(self, maps: Tensor, images: Tensor) -> Tensor:
        """Maps over what the network saw, as they lie on the films."""
        return self.model.to_film(maps, images)
