"""What has been worked out about the film on the desk: every answer is looked up by the wish that it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

import models
from ui.live.tasks import Attack, Attacked, Compare, Explain, Read, See, Smallest, Spoil
from ui.live.wishes import Film, Region, Request
from ui.worker import Work

if TYPE_CHECKING:
    from models import Reading
    from robustness import Drift, Mishap, Saliency, SmallestEpsilon, Visibility


@dataclass
class Findings:
    """A film, what is asked about it, and the answers that are there so far."""

    film: Film | None = None
    lesion: NDArray[np.bool_] | None = None  # of a bundled case, [H, W]
    regions: dict[str, NDArray[np.bool_]] = field(default_factory=dict)  # where pixels may change, beside anywhere
    modality: str = "chest"  # which pair of models reads the film
    request: Request | None = None
    twin: bool = False
    method: str = "grad_cam"
    front: Work = field(init=False)
    back: Work = field(init=False)

    @property
    def undefended(self) -> str:
        """The model that reads the film."""
        return models.pair(self.modality)[0].id

    @property
    def defended(self) -> str:
        """Its twin."""
        return models.pair(self.modality)[1].id

    @property
    def models(self) -> tuple[str, ...]:
        """The models that read the film now."""
        return (self.undefended, self.defended) if self.twin else (self.undefended,)

    def attack_on(self, model: str) -> Attack | None:
        """The attack that is wished for on this model."""
        if self.request is None:
            return None
        name = self.request.region
        region = Region(name, self.regions[name]) if name in self.regions else None
        return Attack(self.film, model, self.request, region)

    def reading(self, model: str) -> Reading | None:
        """The model's reading of the film as it came, once it is there."""
        return self.front.results.get(Read(self.film, model))

    def attacked(self, model: str) -> Attacked | None:
        """The finished attack on this model, or None."""
        return self.front.results.get(self.attack_on(model))

    def saliency(self, model: str, *, attacked: bool) -> Saliency | None:
        """What this model looked at, before or after the attack on it, once it is there."""
        attack = self.attack_on(model) if attacked else None
        if attacked and attack is None:
            return None
        return self.back.results.get(Explain(self.film, model, self.method, attack))

    def drift(self, model: str) -> Drift | None:
        """How far this model's saliency moved under the attack on it, once it is there."""
        before, after = (Explain(self.film, model, self.method, which) for which in (None, self.attack_on(model)))
        return self.back.results.get(Compare(before, after, self.lesion))

    def seen(self) -> Visibility | None:
        """How visible the attack on the first model is, once it is known."""
        return self.back.results.get(See(self.attack_on(self.undefended)))

    def smallest(self, model: str) -> SmallestEpsilon | None:
        """The smallest change that flips this model under the rules of the attack on it, once it is there."""
        attack = self.attack_on(model)
        return None if attack is None else self.back.results.get(Smallest.like(attack))

    def mishaps(self) -> tuple[Mishap, ...] | None:
        """What accidents do to the first model's reading, once they are tried."""
        return self.back.results.get(Spoil(self.film, self.undefended))

    def error(self) -> str:
        """Why a reading or an attack could not be done, or nothing."""
        wanted = (*(Read(self.film, model) for model in self.models), self.attack_on(self.undefended))
        return next((self.front.errors[task] for task in wanted if task in self.front.errors), "")
