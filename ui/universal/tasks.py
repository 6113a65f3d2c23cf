"""The pieces of work behind the page, each named by its own value. Torch is imported when the first one runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

import models
from evidence import universal
from evidence.universal.patients import PLANS, drawn, strangers
from imaging import Radiograph
from ui import heat
from ui.live.wishes import Film
from ui.loaded import load
from ui.universal.outcomes import Judged, Outcome
from ui.worker import Abandoned, Work

if TYPE_CHECKING:
    from robustness import Universal
    from robustness.universal import Progress

WIDTH = 160  # of a small picture, in pixels


@dataclass(frozen=True)
class Drawing:
    """So many patients of so many are drawn."""

    done: int
    total: int


@dataclass(frozen=True)
class Gather:
    """Draw the patients whom the noise is learned on."""

    kind: str

    def run(self, work: Work) -> tuple[Radiograph, ...]:
        """Their films."""
        films = []
        for number in range(PLANS[self.kind].learned):
            if work.stopping.is_set():
                raise Abandoned
            work.progress = Drawing(number, PLANS[self.kind].learned)
            films.append(drawn(self.kind, number))
        return tuple(films)


@dataclass(frozen=True)
class Learning:
    """Where the learning is: batches of so many, share of the last one that flips, the noise ``[side, side]``."""

    model: str
    step: int
    total: int
    flipped: float
    noise: NDArray[np.float32]


@dataclass(frozen=True)
class Learn:
    """Learn one noise on the drawn patients, against one model. ``epsilon`` in grey levels of 255.

    ``ready``: take the one that was learned before.
    """

    model: str
    goal: str | None
    epsilon: float
    seed: int = 0
    ready: bool = False

    @property
    def kind(self) -> str:
        """Of film."""
        return models.card(self.model).modality

    @property
    def on_the_twin(self) -> Learn:
        """The same wish against the model's twin."""
        return replace(self, model=models.card(self.model).twin)

    def run(self, work: Work) -> Universal:
        """The noise, or as much of it as was learned before the person stopped."""
        if self.ready:
            return universal.load(self.model, self.goal, self.epsilon)
        from robustness.universal import learn_on_radiographs

        def show(step: Progress) -> bool:
            noise = step.noise[0, 0].cpu().numpy().copy()
            work.progress = Learning(self.model, step.index, step.total, step.flipped, noise)
            return work.stopping.is_set()

        plan = PLANS[self.kind]
        return learn_on_radiographs(
            load(self.model),
            work.results[Gather(self.kind)],
            epsilon=self.epsilon,
            goal=self.goal,
            side=plan.side,
            seed=self.seed,
            steps=plan.steps,
            on_step=show,
        )


@dataclass(frozen=True)
class Lay:
    """Lay the noise over the film on the desk, and let the model and its twin read it."""

    film: Film
    learned: Learn

    def run(self, work: Work) -> tuple[Radiograph, dict[str, Judged]]:
        """The altered film, written and read again, and what each model reads."""
        pair = (self.learned.model, self.learned.on_the_twin.model)
        return _judged(work.results[self.learned], self.film.radiograph, pair, seed=0)


@dataclass(frozen=True)
class Trying:
    """The noise was tried on so many films of so many."""

    model: str
    outcomes: tuple[Outcome, ...]
    total: int


@dataclass(frozen=True)
class Try:
    """Lay the noise over films that it has never seen, and let ``readers`` read them."""

    learned: Learn
    readers: tuple[str, ...]

    def run(self, work: Work) -> tuple[Outcome, ...]:
        """What became of each; of those tried so far, where the person stopped."""
        noise, people, outcomes = work.results[self.learned], strangers(self.learned.kind), []
        for index, person in enumerate(people):
            if work.stopping.is_set():
                break
            work.progress = Trying(self.learned.model, tuple(outcomes), len(people))
            altered, judged = _judged(noise, person.film(), self.readers, seed=index + 1)
            outcomes.append(Outcome(person.title, heat.overlay(altered.pixels, None, width=WIDTH), judged))
        return tuple(outcomes)


def _judged(
    found: Universal, radiograph: Radiograph, readers: tuple[str, ...], *, seed: int
) -> tuple[Radiograph, dict[str, Judged]]:
    """The film under the noise, stored, and what the readers make of it and of random noise of the same size."""
    from robustness.universal import lay_on_file, random_noise

    chance = random_noise(found.noise, found.epsilon, seed=seed)
    films = (
        radiograph,
        lay_on_file(found.noise, found.epsilon, radiograph),
        lay_on_file(chance, found.epsilon, radiograph),
    )
    return films[1], {id: Judged(*(models.read(load(id), film) for film in films)) for id in readers}
