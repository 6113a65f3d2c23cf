"""The pieces of work behind the live page. Each is named by its own value, so nothing is computed twice.

Torch is imported when the first task runs, not when the page opens.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ui.live.wishes import Film, Region, Request
from ui.loaded import load
from ui.worker import Abandoned, Work

if TYPE_CHECKING:
    from models import Reading
    from robustness import CaseResult, Drift, Mishap, Saliency, SmallestEpsilon, Step, Visibility

FRAME_BYTES = 96_000_000  # the step player keeps at most this much of one run
LIVE_PIXELS = 1_500_000  # a larger film is shown when the attack has ended, not after each step


@dataclass(frozen=True)
class Read:
    """The model reads the film."""

    film: Film
    model: str

    def run(self, work: Work) -> Reading:
        """Its reading."""
        import models

        return models.read(load(self.model), self.film.radiograph)


@dataclass(frozen=True)
class Progress:
    """Where a running attack is: disease probability as it found the film and after each step, and the film now."""

    model: str
    total: int
    probabilities: tuple[float, ...]
    pixels: NDArray[np.float32] | None


@dataclass(frozen=True)
class Attacked:
    """An attack's result, and the film as it was after some of its steps: after all of them, where that fits."""

    case: CaseResult
    frames: dict[int, NDArray[np.float32]]


@dataclass(frozen=True)
class Attack:
    """Attack one model on the film; the film is written to its own format and reread before a flip counts."""

    film: Film
    model: str
    request: Request
    region: Region | None = None

    def run(self, work: Work) -> Attacked:
        """The result, with progress on the way."""
        from models import disease_probability
        from robustness import attack_radiograph

        frames: dict[int, NDArray[np.float32]] = {}
        probabilities: list[float] = []
        size = self.film.radiograph.pixels.size

        def show(step: Step) -> bool:
            pixels = step.images[0, 0].detach().cpu().numpy().copy()
            frames[len(probabilities)] = pixels
            while len(frames) * pixels.nbytes > FRAME_BYTES and len(frames) > 2:
                for index in list(frames)[1::2]:
                    del frames[index]
            probabilities.append(float(disease_probability(model, step.logits)[0]))
            shown = pixels if size <= LIVE_PIXELS else None
            work.progress = Progress(self.model, step.total, tuple(probabilities), shown)
            return work.stopping.is_set()

        model, request = load(self.model), self.request
        options: dict[str, Any] = {} if request.attack == "fgsm" else {"early_stop": request.early_stop}
        case = attack_radiograph(
            model,
            self.film.radiograph,
            attack=request.attack,
            epsilon=request.epsilon,
            norm=request.norm,
            goal=request.goal,
            region=None if self.region is None else self.region.mask,
            seed=request.seed,
            on_step=show,
            **options,
        )
        return Attacked(case, frames)


@dataclass(frozen=True)
class Explain:
    """Which pixels the model looked at, on the film as it came (``attack`` None) or as it left the attack."""

    film: Film
    model: str
    method: str
    attack: Attack | None = None

    def run(self, work: Work) -> Saliency:
        """The saliency of the disease; after an attack on the colour scale of before."""
        from models import to_images
        from robustness import explain

        model, radiograph, scale = load(self.model), self.film.radiograph, None
        if self.attack is not None:
            radiograph = work.results[self.attack].case.radiograph
            scale = work.results[replace(self, attack=None)].scale
        target = len(model.card.classes) - 1
        return explain(model, to_images(model, radiograph), self.method, target, scale=scale)


@dataclass(frozen=True)
class Compare:
    """How far the saliency moved from the film as it came to the film as it left the attack."""

    before: Explain
    after: Explain
    lesion: NDArray[np.bool_] | None = field(compare=False, repr=False)

    def run(self, work: Work) -> Drift:
        """The measures, those of the lesion too where it is known."""
        from robustness import drift

        return drift(work.results[self.before].map, work.results[self.after].map, region=self.lesion)


@dataclass(frozen=True)
class See:
    """How visible the attack's change is on a calibrated display."""

    attack: Attack

    @property
    def model(self) -> str:
        """Whose attack it is."""
        return self.attack.model

    def run(self, work: Work) -> Visibility:
        """The figures, of the film as it was read again."""
        from robustness import how_visible

        return how_visible(self.attack.film.radiograph.pixels, work.results[self.attack].case.radiograph.pixels)


@dataclass(frozen=True)
class Smallest:
    """The smallest change, in grey levels, that flips this model's reading under the rules of an attack."""

    film: Film
    model: str
    norm: str = "linf"
    goal: str | None = None
    region: Region | None = None

    @classmethod
    def like(cls, attack: Attack) -> Smallest:
        """Under the rules of this attack, but for its budget."""
        return cls(attack.film, attack.model, attack.request.norm, attack.request.goal, attack.region)

    def run(self, work: Work) -> SmallestEpsilon:
        """What the search found; a search that was stopped has found nothing."""
        from robustness import smallest_epsilon_of_radiograph

        found = smallest_epsilon_of_radiograph(
            load(self.model),
            self.film.radiograph,
            norm=self.norm,
            goal=self.goal,
            region=None if self.region is None else self.region.mask,
            seed=0,
            on_step=lambda _: work.stopping.is_set(),
        )
        if work.stopping.is_set():
            raise Abandoned
        return found


@dataclass(frozen=True)
class Spoil:
    """What accidents (recompression, blur, contrast, a crooked cassette) make of this model's reading."""

    film: Film
    model: str

    def run(self, work: Work) -> tuple[Mishap, ...]:
        """Each accident at each strength."""
        from robustness import befall

        return befall(load(self.model), self.film.radiograph)
