"""The second desk of a browser session: which film, which attack on its explanation, and what is known so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from robustness import METHODS
from ui.explanation.tasks import After, Reason, Turn
from ui.live.wishes import Film
from ui.worker import Task, Work
from ui.workplace import Stoppable


@dataclass
class Table(Stoppable):
    """State of the page for one browser session."""

    KEY = "explanation_table"

    film: Film | None = None
    model: str = ""
    method: str = "grad_cam"
    turn: Turn | None = None

    def lay(self, film: Film, model: str) -> None:
        """Put a film on it; what is known of another one is forgotten."""
        if (film, model) != (self.film, self.model):
            self.work.stop()
            self.film, self.model, self.turn, self.halted = film, model, None, False
            self.work = Work(self._wanted)

    def attack(self, aim: str, zone: str, epsilon: float) -> None:
        """Wish for an attack on the map that is chosen."""
        self.work.stop()
        self.halted = False
        self.turn = Turn(self.film, self.model, aim, self.method, zone, epsilon)

    @property
    def attacking(self) -> bool:
        """Whether the attack is running or about to."""
        return self.turn is not None and not self.halted and self.work.missing() == self.turn

    @property
    def stage(self) -> tuple[object, ...]:
        """Changes whenever there is something new to draw."""
        return self.attacking, self.work.stage

    def _wanted(self) -> Iterator[Task]:
        """The chosen map first, then the attack, then what all maps make of it."""
        if self.film is None:
            return
        others = [name for name in METHODS if name != self.method]
        yield Reason(self.film, self.model, self.method)
        if self.turn is None:
            return
        if not self.halted or self.turn in self.work.results:
            yield self.turn
        if self.turn not in self.work.results:
            return
        for method in (self.turn.method, *(name for name in others if name != self.turn.method), self.method):
            after = After(self.turn, method)
            yield after.before
            if after.before in self.work.results:
                yield after
