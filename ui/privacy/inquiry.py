"""One browser session's questions: which promise, which patient, and what the attacker said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from imaging.ward import PARTS
from ui.privacy.tasks import Ask, AskAll, Asked
from ui.worker import Task
from ui.workplace import Stoppable

DEALT = 8  # patients to choose from
PATIENTS = PARTS["training"][0] + PARTS["test"][0]
FIRST = 8.0  # the promise that the live attack shows while none is chosen


@dataclass
class Inquiry(Stoppable):
    """State of the page for one browser session."""

    KEY = "inquiry"

    epsilon: float | None = None
    deal: int = 0
    place: int = 0
    asked: set[int] = field(default_factory=set)
    revealed: set[int] = field(default_factory=set)
    everyone: AskAll | None = None

    @property
    def private(self) -> float:
        """The promise of the model that stands beside the ordinary one."""
        return self.epsilon or FIRST

    @property
    def film(self) -> int:
        """The patient on the screen, a place among the demonstration's films; each deal brings other patients."""
        order = np.random.default_rng(2026).permutation(PATIENTS)
        return int(order[(self.deal * DEALT + self.place) % PATIENTS])

    def ask(self) -> None:
        """Attack the models about the patient on the screen."""
        self.asked.add(self.film)

    def reveal(self) -> None:
        """Tell whether the patient was in the training set."""
        self.revealed.add(self.film)

    def ask_all(self) -> None:
        """Attack them about everybody; an attack that was stopped goes on."""
        self.halted = False
        self.everyone = self.everyone or AskAll([])
        self.work.results.pop(self.everyone, None)

    @property
    def running(self) -> bool:
        """Whether everybody is being asked about."""
        return (
            self.everyone is not None
            and not self.halted
            and self.everyone not in self.work.results
            and not self.trouble
        )

    @property
    def overall(self) -> Asked | None:
        """How far the attack on everybody is, or how it ended."""
        if self.everyone is None:
            return None
        found = self.work.results.get(self.everyone, self.work.progress)
        if isinstance(found, Asked):
            return found
        return self.everyone.kept[-1] if self.everyone.kept else None

    @property
    def trouble(self) -> str:
        """What went wrong, or nothing."""
        tasks = (Ask(self.film), self.everyone)
        return next((self.work.errors[task] for task in tasks if task in self.work.errors), "")

    def _wanted(self) -> Iterator[Task]:
        """The patient on the screen first, if it was asked about."""
        if self.film in self.asked:
            yield Ask(self.film)
        if self.everyone is not None and not self.halted:
            yield self.everyone
