"""What a page keeps for one browser session while work goes on in the background: its state, and one thread for it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import streamlit as st

from ui.worker import Task, Work


class InSession:
    """One for each browser session, kept under `KEY`."""

    KEY: ClassVar[str]

    @classmethod
    def current(cls) -> Self:
        """This session's, made on the first call."""
        if cls.KEY not in st.session_state:
            st.session_state[cls.KEY] = cls()
        return st.session_state[cls.KEY]


@dataclass
class Workplace(InSession, ABC):
    """A page's state, and the work that follows from it."""

    work: Work = field(init=False)

    def __post_init__(self) -> None:
        self.work = Work(self._wanted)

    def start(self) -> None:
        """Set the background work going, where something is missing."""
        self.work.start()

    @property
    def busy(self) -> bool:
        """Whether something is still to come."""
        return self.work.busy

    @property
    def stage(self) -> tuple[object, ...]:
        """Changes whenever there is something new to draw."""
        return self.work.stage

    def found(self, task: Task | None) -> Any:
        """A result, once it is there."""
        return self.work.results.get(task)

    @abstractmethod
    def _wanted(self) -> Iterator[Task]:
        """What is to be done, in the order in which a person waits for it."""


@dataclass
class Stoppable(Workplace):
    """One where a person may end what runs. `halted`: that was done, and nothing was wished for since."""

    halted: bool = False

    def stop(self) -> None:
        """End what is running; what it has reached becomes its result."""
        self.halted = True
        self.work.stop()
