"""What one person has on the desk: a film, the wishes about it, and what has been worked out so far."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Any

import imaging
import models
from imaging import gallery
from robustness.regions import available
from ui.live.findings import Findings
from ui.live.tasks import Attack, Compare, Explain, Read, See, Smallest, Spoil
from ui.live.wishes import Film, Request, afresh
from ui.worker import Task, Work
from ui.workplace import InSession


@dataclass
class Desk(Findings, InSession):
    """State of the live page for one browser session.

    Two threads work for it: ``front`` reads and attacks, ``back`` explains, once the first model's attack is done.
    """

    KEY = "desk"

    case: gallery.Case | None = None
    data: bytes = b""
    title: str = ""
    halted: bool = False  # the person pressed Stop: models that the attack has not reached are left alone
    trouble: str = ""  # why the last file could not be opened; the film before it stays

    def __post_init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        results: dict[Hashable, Any] = {}
        errors: dict[Hashable, str] = {}
        self.front = Work(self._readings_and_attacks, results, errors)
        self.back = Work(self._reasons, results, errors)

    # Film ----------------------------------------------------------------------------------------------------

    def open_case(self, case: gallery.Case) -> None:
        """Put a bundled case on the desk."""
        self.open(case.path.read_bytes(), case.title, case)

    def open(
        self, data: bytes, title: str, case: gallery.Case | None = None, *, window: int = 0, frame: int = 0
    ) -> None:
        """Put a file on the desk, or keep the film there and say in ``trouble`` why not."""
        try:
            radiograph = imaging.read(data, window=window, frame=frame)
        except imaging.UnreadableImage as error:
            self.trouble = str(error)
            return
        self.stop()
        self.trouble, self.request = "", None
        if data is not self.data:
            self.modality = case.modality if case is not None else self._modality(radiograph)
        self.data, self.title, self.case = data, title, case
        lesion = None if case is None else case.lesion_mask()
        self.lesion = lesion if lesion is not None and lesion.any() else None
        self.regions = available(radiograph, self.lesion)
        self.film = Film.of(radiograph)
        self._clear()

    def _modality(self, radiograph: imaging.Radiograph) -> str:
        """Which models read one's own film: its file says so, or (a picture) the choice that stands."""
        return models.kind_of(radiograph.modality) or self.modality

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the person should know about the film, and about who reads it."""
        radiograph = self.film.radiograph
        if radiograph.modality == "MG" and self.modality != "mammogram":
            return (*radiograph.warnings, "The file says that this is a mammogram; a model for chest films reads it.")
        if radiograph.modality in ("DX", "CR") and self.modality == "mammogram":
            return (*radiograph.warnings, "A model for mammograms reads this film, which the file does not say it is.")
        return radiograph.warnings

    def read_as(self, modality: str) -> None:
        """Let the other pair of models read: one's own film again, or the first bundled case of that kind."""
        if self.case is not None:
            self.open_case(next(case for case in gallery.cases() if case.modality == modality))
        elif modality != self.modality:
            self.stop()
            self.modality, self.request = modality, None
            self._clear()

    def turn_to(self, *, window: int, frame: int) -> None:
        """Show another window or frame of the file on the desk."""
        self.open(self.data, self.title, self.case, window=window, frame=frame)

    # Wishes --------------------------------------------------------------------------------------------------

    def attack(self, request: Request) -> None:
        """Wish for an attack on each model; the same wish again starts afresh with the next seed."""
        request = afresh(request, self.request)
        of_the_film = {task: result for task, result in self.front.results.items() if not _of_an_attack(task)}
        self.stop()
        self._clear()
        self.front.results.update(of_the_film)
        self.request, self.halted = request, False

    def stop(self) -> None:
        """End what is running; an attack's last step becomes its result."""
        self.halted = True
        self.front.stop()
        self.back.stop()

    def start(self) -> None:
        """Set both threads to work, where something is missing."""
        self.front.start()
        if not self._first_pending:
            self.back.start()

    @property
    def busy(self) -> bool:
        """Whether something is still to come."""
        return self.front.busy or self.back.busy

    @property
    def attacking(self) -> bool:
        """Whether an attack is running or about to."""
        return isinstance(self.front.missing(), Attack)

    @property
    def _first_pending(self) -> bool:
        """Whether the first model has still to read the film or to be attacked."""
        task = self.front.missing()
        return task is not None and task.model == self.undefended

    @property
    def stage(self) -> Hashable:
        """Changes with each step of an attack, and whenever a task has ended: then the page is to be drawn anew."""
        return self.attacking, self.front.stage, self.back.busy

    def _readings_and_attacks(self) -> Iterator[Task]:
        yield from (Read(self.film, model) for model in self.models)
        if self.request is not None and not self.halted:
            yield from (self.attack_on(model) for model in self.models)

    def _reasons(self) -> Iterator[Task]:
        """In the order in which a person waits for them; nothing before the first model's attack is done."""
        if self._first_pending:
            return
        attacks = [self.attack_on(model) for model in self.models if self.attacked(model) is not None]
        yield from (Explain(self.film, model, self.method) for model in self.models)
        for attack in attacks:
            before, after = (Explain(self.film, attack.model, self.method, which) for which in (None, attack))
            if before in self.back.results:
                yield after
            if after in self.back.results:
                yield Compare(before, after, self.lesion)
        yield from (See(attack) for attack in attacks if attack.model == self.undefended)
        if attacks:
            yield from (Smallest.like(self.attack_on(model)) for model in self.models)
            yield Spoil(self.film, self.undefended)


def _of_an_attack(task: Hashable) -> bool:
    return isinstance(task, Attack | Compare | See) or (isinstance(task, Explain) and task.attack is not None)
