"""The pieces of work behind the live page. Each is named by its own value, so nothing is computed twice.

Torch is imported when the first task runs, not when the page opens.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from imaging import Radiograph
from ui.worker import Work

if TYPE_CHECKING:
    import torch

    from models import Reading
    from robustness import CaseResult, Saliency, SmallestEpsilon, Step

UNDEFENDED, DEFENDED = "chest-undefended", "chest-defended"
FRAME_BYTES = 96_000_000  # the step player keeps at most this much of one run
STEPS = 40


@functools.cache
def load(model_id: str) -> torch.nn.Module:
    """The zoo's model, one for all sessions: nothing that is done with it here changes it."""
    import models

    return models.load(model_id)


@dataclass(frozen=True)
class Film:
    """One frame and window of one file; equal when they show the same pixels."""

    key: tuple[str, int, int]  # SHA-256, window, frame
    radiograph: Radiograph = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Film) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    @classmethod
    def of(cls, radiograph: Radiograph) -> Film:
        """The film that a radiograph shows."""
        return cls((radiograph.sha256, radiograph.window, radiograph.frame), radiograph)


@dataclass(frozen=True)
class Request:
    """What the person asked the attacker to do. ``epsilon`` in grey levels of 255."""

    attack: str = "pgd"
    epsilon: float = 2.0
    norm: str = "linf"
    goal: str | None = None
    region: str = "film"
    early_stop: bool = True
    seed: int = 0


@dataclass(frozen=True)
class Read:
    """The model reads the film."""

    film: Film
    model: str

    def run(self, work: Work) -> Reading:
        import models

        return models.read(load(self.model), self.film.radiograph)


@dataclass(frozen=True)
class Progress:
    """Where a running attack is: disease probability after each step, and the film as it is now."""

    model: str
    total: int
    probabilities: tuple[float, ...]
    pixels: np.ndarray


@dataclass(frozen=True)
class Attacked:
    """An attack's result with the films of its steps, thinned out where they would not fit."""

    case: CaseResult
    frames: tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Attack:
    """Attack one model on the film; the film is written to its own format and reread before a flip counts."""

    film: Film
    model: str
    request: Request
    region: Region | None = None

    def run(self, work: Work) -> Attacked:
        from models import disease_probability
        from robustness import attack_radiograph

        frames: list[np.ndarray] = []
        probabilities: list[float] = []
        room = FRAME_BYTES // self.film.radiograph.pixels.nbytes

        def show(step: Step) -> bool:
            pixels = step.images[0, 0].cpu().numpy()
            if len(frames) < room:
                frames.append(pixels.copy())
            probabilities.append(float(disease_probability(step.logits)[0]))
            work.progress = Progress(self.model, step.total, tuple(probabilities), pixels)
            return work.stopping.is_set()

        options: dict[str, Any] = (
            {"steps": STEPS, "early_stop": self.request.early_stop} if self.request.attack == "pgd" else {}
        )
        case = attack_radiograph(
            load(self.model),
            self.film.radiograph,
            attack=self.request.attack,
            epsilon=self.request.epsilon,
            norm=self.request.norm,
            goal=self.request.goal,
            region=None if self.region is None else self.region.mask,
            seed=self.request.seed,
            on_step=show,
            **options,
        )
        return Attacked(case, tuple(frames))


@dataclass(frozen=True)
class Region:
    """A part of the film, named; equal by name, since it belongs to one film."""

    name: str
    mask: np.ndarray = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Region) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


@dataclass(frozen=True)
class Explain:
    """Which pixels the model looked at, on the film as it came (``attack`` None) or as it left the attack."""

    film: Film
    model: str
    method: str
    attack: Attack | None = None

    def run(self, work: Work) -> Saliency:
        from models import to_images
        from robustness import explain

        model = load(self.model)
        radiograph = self.film.radiograph if self.attack is None else work.results[self.attack].case.radiograph
        return explain(model, to_images(model, radiograph), self.method, target=len(model.card.classes) - 1)


@dataclass(frozen=True)
class Smallest:
    """The smallest change of a pixel, in grey levels, that flips this model's reading."""

    film: Film
    model: str

    def run(self, work: Work) -> SmallestEpsilon:
        from robustness import smallest_epsilon_of_radiograph

        return smallest_epsilon_of_radiograph(
            load(self.model), self.film.radiograph, on_step=lambda _: work.stopping.is_set()
        )
