"""What one person does on the page: a film, the noise that is wished for, and what is known so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import models
from ui.live.tasks import Read
from ui.live.wishes import Film, afresh
from ui.universal.tasks import Gather, Lay, Learn, Try
from ui.worker import Task, Work
from ui.workplace import Workplace


@dataclass
class Ward(Workplace):
    """State of the page for one browser session."""

    KEY = "ward"

    film: Film | None = None
    model: str = ""
    wish: Learn | None = None
    halted: set[Task] = field(default_factory=set)  # tasks that the person ended

    def lay(self, film: Film, model: str) -> None:
        """Put a film on it. A noise that was learned for the same model stays."""
        if model != self.model:
            self.work.stop()
            self.wish, self.halted = None, set()
            self.work = Work(self._wanted)
        self.film, self.model = film, model

    def learn(self, goal: str | None, epsilon: float) -> None:
        """Wish for a noise; the same wish again starts afresh with the next seed."""
        self.wish, self.halted = afresh(Learn(self.model, goal, epsilon), self.wish), set()

    def show_ready(self, goal: str, epsilon: float) -> None:
        """Wish for the noise that was learned before; no patient need be drawn to learn on."""
        self.wish, self.halted = Learn(self.model, goal, epsilon, ready=True), set()
        self.work.stop()

    def stop(self) -> None:
        """End what is running: a noise is judged as far as it was learned, on as many films as were tried.

        Where nothing is learned yet, the wish is taken back.
        """
        task = self.work.missing()
        if isinstance(task, Read | Gather):
            self.wish = None
        elif task is not None:
            self.halted.add(task)
            self.work.stop()

    @property
    def transfer(self) -> Try:
        """The noise of the first model, on films that both models read."""
        return Try(self.wish, (self.wish.model, self.twin.model))

    @property
    def twin(self) -> Learn:
        """The same wish against the twin."""
        return self.wish.on_the_twin

    @property
    def against_twin(self) -> Try:
        """The twin's own noise, on the same films."""
        return Try(self.twin, (self.twin.model,))

    @property
    def attacking(self) -> bool:
        """Whether a wish is being fulfilled."""
        return self.wish is not None and self.work.missing() is not None

    def trouble(self, *tasks: Task | None) -> str:
        """Why one of these could not be done, or nothing."""
        return next((self.work.errors[task] for task in tasks if task in self.work.errors), "")

    @property
    def stage(self) -> tuple[object, ...]:
        """Changes whenever there is something new to draw."""
        return self.attacking, self.work.stage

    @property
    def _gather(self) -> Gather:
        return Gather(models.card(self.model).modality)

    def _wanted(self) -> Iterator[Task]:
        """The film first, then the noise and whom it misleads, then the same of a noise made for the twin."""
        if self.film is None:
            return
        yield Read(self.film, self.model)
        ready = self.wish is not None and self.wish.ready
        if not ready:
            yield self._gather
        if self.wish is None or not (ready or self._gather in self.work.results):
            return
        for noise, trial in ((self.wish, self.transfer), (self.twin, self.against_twin)):
            for task in (noise, Lay(self.film, noise), trial) if noise == self.wish else (noise, trial):
                if task not in self.halted or task in self.work.results:
                    yield task
                if noise not in self.work.results:
                    return
            if self.halted:
                return
