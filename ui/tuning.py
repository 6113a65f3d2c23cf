"""A fine-tuning that people watch: epoch by epoch, stopped, gone on with, or made before. The zoo is not touched."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ui.worker import Task, Work
from ui.workplace import Stoppable

if TYPE_CHECKING:
    from torch import nn

    from training.tampering.fine_tuning import FineTuning

Kept = dict[Task, tuple["FineTuning", tuple[Any, ...], tuple[float, ...]]]


@dataclass(frozen=True)
class Course:
    """How far it is: what is known of the model at first and after each epoch so far, of `total`, and the insider's
    loss, its mean over each epoch (none for a model that was made before)."""

    points: tuple[Any, ...]
    total: int
    losses: tuple[float, ...] = ()

    @property
    def done(self) -> int:
        """Epochs that are over."""
        return len(self.points) - 1

    @property
    def words(self) -> str:
        """How far it is, within a sentence."""
        loss = f", loss {self.losses[-1]:.3f}" if self.losses else ""
        return f"epoch {self.done} of {self.total}{loss}"


@dataclass(frozen=True, eq=False)
class Tampered:
    """The model as the insider left it. `whole`: every epoch is over."""

    model: nn.Module
    course: Course
    whole: bool


def watched(
    work: Work,
    wish: Task,
    kept: Kept,
    begin: Callable[[], FineTuning],
    first: Any,
    look: Callable[[nn.Module], Any],
) -> Tampered:
    """Train to the end or until the work is stopped; what `kept` holds of the wish, whichever leg, goes on.

    `first`: what is known of the model at first; `look(model)`: what of it is shown after an epoch.
    """
    start = replace(wish, leg=0)
    if start not in kept:
        kept[start] = begin(), (first,), ()
    training, points, losses = kept[start]
    work.progress = course = Course(points, training.epochs, losses)
    for epoch in training.train():
        points, losses = (*points, look(training.model)), (*losses, epoch.loss)
        kept[start] = training, points, losses
        work.progress = course = Course(points, epoch.total, losses)
        if work.stopping.is_set():
            break
    # A copy, as the training may go on while somebody still looks at what there was when it stopped.
    return Tampered(training.model if training.done else deepcopy(training.model), course, training.done)


@dataclass
class Tuning(Stoppable):
    """What a browser session wants done to a model, `tamper`, and what is known of it."""

    tamper: Task | None = None
    kept: Kept = field(default_factory=dict)

    def begin(self, tamper: Task) -> None:
        """Wish for a tampered model; one that was stopped goes on, as another `leg`: what is known of the model as it
        stood is not taken for what is known of the model to come."""
        self.halted = False
        while isinstance(stopped := self.found(tamper), Tampered) and not stopped.whole:
            tamper = replace(tamper, leg=tamper.leg + 1)
        self.tamper = tamper

    def leave(self) -> None:
        """Back to the vendor's model."""
        self.work.stop()
        self.tamper = None

    @property
    def training(self) -> bool:
        """Whether the insider is at work or about to be."""
        return self.tamper is not None and not self.halted and self.found(self.tamper) is None and not self.trouble

    @property
    def made(self) -> Tampered | None:
        """The tampered model, once it is there, whole or not."""
        found = None if self.tamper is None else self.found(self.tamper)
        return found if isinstance(found, Tampered) else None

    @property
    def trouble(self) -> str:
        """What went wrong with what is wished for, or nothing."""
        return "" if self.tamper is None else self.work.errors.get(self.tamper, "")

    @property
    def course(self) -> Course | None:
        """Of the training that runs, or of the tampered model."""
        if self.made is not None:
            return self.made.course
        return self.work.progress if isinstance(self.work.progress, Course) else None

    @property
    def stage(self) -> tuple[object, ...]:
        """Changes whenever there is something new to draw."""
        return self.training, self.work.stage
