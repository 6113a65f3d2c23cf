"""What an attack on the explanation climbs down: the map is not yet where it shall be, or the answer not as wanted.

A judge is called with a storable film `[1, 1, H, W]` and the model's logits of it.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from models import decision_logits
from robustness.explanations.sketches import SKETCHES
from robustness.losses import margin
from robustness.norms import TINY
from robustness.saliency import METHODS
from robustness.saliency.explain import attribute, bounded, private_copy

KEPT = 0.5  # of its lead that an answer which shall stay has to keep
FIRM = 1.0  # logits by which an answer that shall flip has to lead
CARE = 2.0  # how much a logit short of that counts against the map

Judgement = tuple[Tensor, float, bool, float]
"""Loss; how far the map has come; whether the answer is as wanted; by how many logits."""


class Mover:
    """The answer stays, the saliency goes to the place."""

    def __init__(
        self, model: nn.Module, image: Tensor, label: int, method: str, place: Tensor, generator: Generator
    ) -> None:
        self.model, self.label = model, image.new_tensor([label]).long()
        self.sketch = SKETCHES[method](model, label, generator)
        size = bounded(image).shape[-2:]
        self.place = F.interpolate(place.to(image)[None, None], size, mode="bilinear", antialias=True)
        with torch.no_grad():
            self.wanted = -KEPT * margin(decision_logits(model, model(image)), self.label, None)

    def __call__(self, film: Tensor, logits: Tensor) -> Judgement:
        strength = self.sketch(bounded(film))
        share = (strength * self.place).sum() / strength.sum()
        lead = -margin(decision_logits(self.model, logits), self.label, None)
        loss = CARE * (self.wanted - lead).clamp_min(0).sum() - share.clamp_min(TINY).log()
        return loss, float(share.detach()), bool(lead > 0), float(lead.detach())


class Keeper:
    """The answer flips, the map stays: that of the new answer shall look like that of the old one.

    A `blind` one only flips the answer.
    """

    def __init__(
        self,
        model: nn.Module,
        image: Tensor,
        label: int,
        goal: int | None,
        method: str,
        blind: bool,
        generator: Generator,
    ) -> None:
        self.model, self.label, self.blind = model, image.new_tensor([label]).long(), blind
        with torch.no_grad():
            others = decision_logits(model, model(image)).index_fill(1, self.label, -torch.inf)
        self.goal = int(others.argmax()) if goal is None else goal
        if blind:
            return
        self.sketch = SKETCHES[method](model, self.goal, generator)
        self.before = attribute(private_copy(model), bounded(image), method, label)[0]
        if not float(self.before.sum()) > 0:
            raise ValueError(
                f"{METHODS[method].title} shows nothing on this film, so there is no reason to keep; "
                "choose another map or another film"
            )

    def __call__(self, film: Tensor, logits: Tensor) -> Judgement:
        lead = margin(decision_logits(self.model, logits), self.label, self.goal)
        loss = CARE * (FIRM - lead).clamp_min(0).sum()
        if self.blind:
            return loss, min(float(lead.detach()), FIRM), bool(lead > 0), float(lead.detach())
        apart = (self.sketch(bounded(film)) - self.before).square().sum() / self.before.square().sum()
        # The logarithm: a map that is far off must not drown the answer.
        return loss + apart.log1p(), 1 - float(apart.detach()), bool(lead > 0), float(lead.detach())
