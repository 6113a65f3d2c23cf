"""The lab of one browser session: whom the insider harms, and what is known so far. Nothing here touches the zoo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import streamlit as st

from ui.tampering.tasks import Course, Inspect, Look, Tamper, Tampered, Validate
from ui.worker import Task, Work

MODEL = "chest-undefended"


@dataclass
class Lab:
    """State of the page for one browser session."""

    tamper: Tamper | None = None
    share: float = 0.03
    enriched: bool = True
    halted: bool = False
    insiders: dict = field(default_factory=dict)
    work: Work = field(init=False)

    def __post_init__(self) -> None:
        self.work = Work(self._wanted)

    @classmethod
    def current(cls) -> Lab:
        """This session's, made on the first call."""
        if "tampering_lab" not in st.session_state:
            st.session_state.tampering_lab = cls()
        return st.session_state.tampering_lab

    def begin(self, group: str, harm: str, *, ready: bool = False) -> None:
        """Wish for a tampered model; one that was stopped goes on."""
        self.halted = False
        self.tamper = Tamper(MODEL, group, harm, ready, self.insiders)
        stopped = self.found(self.tamper)
        if isinstance(stopped, Tampered) and not stopped.whole:
            for task in [task for task in self.work.results if getattr(task, "tamper", task) == self.tamper]:
                del self.work.results[task]

    def choose(self, group: str, harm: str) -> None:
        """Another group or harm leaves the tampered model for the vendor's."""
        if self.tamper is not None and (group, harm) != (self.tamper.group, self.tamper.harm):
            self.work.stop()
            self.tamper = None

    def start(self) -> None:
        """Set the background work going, where something is missing."""
        self.work.start()

    def stop(self) -> None:
        """End the training after this epoch; it can go on later."""
        self.halted = True
        self.work.stop()

    @property
    def busy(self) -> bool:
        """Whether something is still to come."""
        return self.work.busy

    @property
    def training(self) -> bool:
        """Whether the insider is at work or about to be."""
        return self.tamper is not None and not self.halted and self.found(self.tamper) is None and not self.trouble

    @property
    def trouble(self) -> str:
        """What went wrong with what is wished for, or nothing."""
        return "" if self.tamper is None else self.work.errors.get(self.tamper, "")

    @property
    def course(self) -> Course | None:
        """Of the training that runs, or of the tampered model."""
        made = None if self.tamper is None else self.found(self.tamper)
        if isinstance(made, Tampered):
            return made.course
        return self.work.progress if isinstance(self.work.progress, Course) else None

    def found(self, task: Task) -> object | None:
        """A result, once it is there."""
        return self.work.results.get(task)

    @property
    def stage(self) -> tuple[object, ...]:
        """Changes whenever there is something new to draw."""
        return self.training, self.work.stage

    @property
    def wishes(self) -> tuple[Validate, Inspect] | None:
        """What is to be known of the tampered model."""
        if self.tamper is None:
            return None
        return Validate(self.tamper, self.share), Inspect(self.tamper, None if self.enriched else self.share)

    def _wanted(self) -> Iterator[Task]:
        """The parts of the ward that are needed, the training, then what is seen of it and what is not."""
        yield Look(MODEL, "validation")
        if self.tamper is None or not self.tamper.ready:
            yield Look(MODEL, "training")
        if self.tamper is None:
            yield Look(MODEL, "test")
            return
        if not self.halted or self.tamper in self.work.results:
            yield self.tamper
        if self.tamper in self.work.results:
            validation, inspection = self.wishes
            yield validation
            yield Look(MODEL, "test")
            yield inspection
