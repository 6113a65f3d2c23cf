"""The lab of one browser session: which sign, what it does, where it lies, and what is known so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from training.tampering.triggers import CORNERS, TRIGGERS
from ui.backdoor.searches import Check, Filter, ScanTraining, Search
from ui.backdoor.tasks import Follow, Look, Place, Point, Read, Teach, Try
from ui.live.wishes import Film
from ui.tuning import Tuning
from ui.worker import Task, Work

STRONG = 1.0
AS_TAUGHT = Place(next(iter(TRIGGERS)), CORNERS[0], STRONG, STRONG)


@dataclass
class Lab(Tuning):
    """State of the page for one browser session. `film` None: the desk holds none that this model reads.

    Two threads work for it: `work` reads and teaches, `back` searches, so that nobody who moves the sign waits for it.
    """

    KEY = "backdoor_lab"

    tamper: Teach | None = None
    film: Film | None = None
    place: Place = AS_TAUGHT

    def __post_init__(self) -> None:
        super().__post_init__()
        self.back = Work(self._searches, self.work.results, self.work.errors)

    def teach(self, sign: str, harm: str, *, ready: bool = False) -> None:
        """Let an insider at the model, or take one that was made before."""
        self.begin(Teach(sign, harm, ready, self.kept))

    def choose(self, sign: str, harm: str) -> None:
        """Another sign or harm leaves the tampered model for the vendor's."""
        if self.tamper is not None and (sign, harm) != (self.tamper.sign, self.tamper.harm):
            self.leave()

    def start(self) -> None:
        """Set both threads to work, where something is missing."""
        super().start()
        self.back.start()

    def leave(self) -> None:
        """Back to the vendor's model."""
        self.back.stop()
        super().leave()

    @property
    def busy(self) -> bool:
        """Whether something is still to come."""
        return self.work.busy or self.back.busy

    @property
    def stage(self) -> tuple[object, ...]:
        """Changes whenever there is something new to draw."""
        return *super().stage, self.back.stage

    @property
    def reads(self) -> dict[tuple[bool, bool], Read]:
        """The readings of the film on the desk, by (delivered model, with the sign)."""
        models = {False: None} if self.made is None else {False: None, True: self.tamper}
        return {
            (delivered, signed): Read(self.film, tamper, self.place if signed else None)
            for delivered, tamper in models.items()
            for signed in (False, True)
            if self.film is not None
        }

    @property
    def looks(self) -> tuple[Look, Look]:
        """The films on which the model is followed."""
        return Look("validation"), Look("validation", self.tamper.sign)

    @property
    def points(self) -> tuple[Point, ...]:
        """What is known of the model after each epoch so far."""
        if self.made is not None:
            return self.found(Follow(self.tamper)) or ()
        return () if self.course is None else self.course.points

    def _wanted(self) -> Iterator[Task]:
        """The film first; then the training, and what the model does on more films."""
        yield from self.reads.values()
        if self.made is not None:
            yield Try(self.tamper, self.place)
        elif self.tamper is not None and not self.halted:
            if not self.tamper.ready:
                yield from (*self.looks, *self.tamper.films)
            yield self.tamper

    def _searches(self) -> Iterator[Task]:
        """What everyone who looks makes of the model, the quickest first, once the sign has been tried."""
        if self.made is None or Try(self.tamper, self.place) not in self.work.results:
            return
        yield from self.looks
        yield Follow(self.tamper)
        yield Check(self.tamper)
        yield ScanTraining(self.tamper)
        yield Filter(self.tamper)
        yield Search(self.tamper, beside=True)
        yield Search(self.tamper, beside=False)
