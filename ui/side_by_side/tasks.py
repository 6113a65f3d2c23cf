"""The pieces of work behind the page, each named by its own value. Torch is imported when the first one runs."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from random import SystemRandom
from typing import TYPE_CHECKING, Any

from ui.live.tasks import FRAME_BYTES, LIVE_PIXELS, Attacked, Progress
from ui.live.wishes import Film, Request
from ui.side_by_side.readers import Reader
from ui.side_by_side.together import Roll, Together
from ui.worker import FAILED, Abandoned, Work

if TYPE_CHECKING:
    from models import Reading
    from robustness import Saliency, SmallestEpsilon, Step
    from robustness.defences.smoothing import Certificate

log = logging.getLogger(__name__)
METHOD = "smooth_grad"  # a map of gradients: where adversarial training shows (Tsipras et al. 2019)


@dataclass(frozen=True)
class Read:
    """One reader reads the film as it came."""

    film: Film
    reader: Reader

    def run(self, work: Work) -> Reading:
        """Its reading."""
        import models

        return models.read(self.reader.load(), self.film.radiograph)


Outcome = Attacked | str
"""What an attack on one reader came to, or why there was none."""


@dataclass(frozen=True)
class Contest:
    """The same attack on each of the readers, in step, each by an attacker who knows that reader, defence and all."""

    film: Film
    readers: tuple[Reader, ...]
    request: Request

    def run(self, work: Work) -> dict[Reader, Outcome]:
        """What became of each, with progress `{reader: Progress}` on the way."""
        work.progress = {}
        together, writing = Together(self.readers), threading.Lock()
        with ThreadPoolExecutor(len(self.readers)) as pool:
            outcomes = pool.map(lambda reader: self._outcome(reader, work, together, writing), self.readers)
            return dict(zip(self.readers, outcomes, strict=True))

    def _outcome(self, reader: Reader, work: Work, together: Together, writing: threading.Lock) -> Outcome:
        try:
            return self._attacked(reader, work, together, writing)
        except ValueError as error:  # the rooms below raise these with a sentence for the reader
            return str(error)
        except Exception:
            log.exception("the attack on %s failed", reader.id)
            return FAILED
        finally:
            together.leave(reader)

    def _attacked(self, reader: Reader, work: Work, together: Together, writing: threading.Lock) -> Attacked:
        from models import disease_probability
        from robustness import attack_radiograph

        roll, probabilities = Roll(FRAME_BYTES / 2), []
        size = self.film.radiograph.pixels.size

        def show(step: Step) -> bool:
            pixels = step.images[0, 0].detach().cpu().numpy().copy()
            roll.add(len(probabilities), pixels)
            probabilities.append(float(disease_probability(model, step.logits)[0]))
            reached = Progress(reader.id, step.total, tuple(probabilities), pixels if size <= LIVE_PIXELS else None)
            with writing:
                work.progress = {**work.progress, reader: reached}
            together.step(reader)
            return work.stopping.is_set()

        model, request = reader.load(), self.request
        options: dict[str, Any] = {} if request.attack == "fgsm" else {"early_stop": request.early_stop}
        case = attack_radiograph(
            model,
            self.film.radiograph,
            attack=request.attack,
            epsilon=request.epsilon,
            goal=goal_against(work.results[Read(self.film, reader)], reader, self.film, request.goal),
            seed=request.seed,
            on_step=show,
            **options,
        )
        return Attacked(case, roll.frames)


@dataclass(frozen=True)
class Explain:
    """Which pixels a reader looked at, on the film as it came (`contest` None) or as the attack on it left the film."""

    film: Film
    reader: Reader
    contest: Contest | None = None

    def run(self, work: Work) -> Saliency:
        """The saliency of the disease; after an attack on the colour scale of before."""
        from models import to_images
        from robustness import explain

        model, radiograph, scale = self.reader.load(), self.film.radiograph, None
        if self.contest is not None:
            radiograph = work.results[self.contest][self.reader].case.radiograph
            scale = work.results[replace(self, contest=None)].scale
        target = len(model.card.classes) - 1
        return explain(model, to_images(model, radiograph), METHOD, target, scale=scale)


@dataclass(frozen=True)
class Searching:
    """How often the search for a reader's smallest change has asked so far."""

    reader: Reader
    asked: int


@dataclass(frozen=True)
class Smallest:
    """The smallest change of a pixel, in grey levels, that makes a reader say what the attacker wants."""

    film: Film
    reader: Reader
    goal: str | None

    def run(self, work: Work) -> SmallestEpsilon:
        """What the search found; a search that was stopped has found nothing."""
        from robustness import smallest_epsilon_of_radiograph

        asked = 0

        def show(_: Step) -> bool:
            nonlocal asked
            asked += 1
            work.progress = Searching(self.reader, asked)
            return work.stopping.is_set()

        goal = goal_against(work.results[Read(self.film, self.reader)], self.reader, self.film, self.goal)
        found = smallest_epsilon_of_radiograph(
            self.reader.load(), self.film.radiograph, goal=goal, seed=0, on_step=show
        )
        if work.stopping.is_set():
            raise Abandoned
        return found


@dataclass(frozen=True)
class Certifying:
    """How many noisy copies a smoothed reader has read so far."""

    reader: Reader
    read: int


@dataclass(frozen=True)
class Certify:
    """How far a smoothed reader's answer to the film as it came is certain, whatever an attacker does."""

    film: Film
    reader: Reader

    def run(self, work: Work) -> Certificate:
        """What is certain; work that was stopped has found nothing."""
        from models import to_images
        from robustness.defences.smoothing import certify

        smoothed = self.reader.load()

        def show(read: int) -> None:
            work.progress = Certifying(self.reader, read)
            if work.stopping.is_set():
                raise Abandoned

        image = to_images(smoothed.model, self.film.radiograph)
        unforeseen = SystemRandom().getrandbits(63)  # whoever knew the noise could make a film for just these copies
        return certify(smoothed.model, image, sigma=smoothed.sigma, seed=unforeseen, on_step=show)


def goal_against(reading: Reading, reader: Reader, film: Film, wish: str | None) -> str:
    """The class that the attacker is after: `wish`, else the other one than the reader says.

    Where the reader refers to a radiologist, it is the other one than the model inside says: to be referred is no
    success for an attacker.
    """
    import models

    if wish is not None:
        return wish
    healthy, disease = models.card(reader.model).classes[-2:]
    said = reading.prediction
    if said not in (healthy, disease):
        said = models.read(Reader(reader.model).load(), film.radiograph).prediction
    return healthy if said == disease else disease
