"""What one person has on the desk: a film, the wishes about it, and what has been worked out so far."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import streamlit as st

import imaging
from imaging import gallery
from ui.live.tasks import (
    DEFENDED,
    UNDEFENDED,
    Attack,
    Attacked,
    Explain,
    Film,
    Read,
    Region,
    Request,
    Smallest,
)
from ui.worker import Task, Work


@dataclass
class Desk:
    """State of the live page for one browser session."""

    film: Film | None = None
    case: gallery.Case | None = None
    data: bytes = b""
    title: str = ""
    request: Request | None = None
    twin: bool = False
    method: str = "grad_cam"
    trouble: str = ""  # why the last file could not be opened; the film before it stays
    work: Work = field(init=False)

    def __post_init__(self) -> None:
        self.work = Work(self._wanted)

    @classmethod
    def current(cls) -> Desk:
        """This session's desk, made on the first call."""
        if "desk" not in st.session_state:
            st.session_state.desk = cls()
        return st.session_state.desk

    # What is on it -------------------------------------------------------------------------------------------

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
        self.work.stop()
        self.trouble, self.request = "", None
        self.data, self.title, self.case = data, title, case
        self.film = Film.of(radiograph)
        self.work = Work(self._wanted)

    def turn_to(self, *, window: int, frame: int) -> None:
        """Show another window or frame of the file on the desk."""
        self.open(self.data, self.title, self.case, window=window, frame=frame)

    def lesion(self) -> np.ndarray | None:
        """The known lesion of a bundled case, bool ``[H, W]``."""
        return None if self.case is None else self.case.lesion_mask()

    # Wishes --------------------------------------------------------------------------------------------------

    @property
    def models(self) -> tuple[str, ...]:
        """The models that read the film."""
        return (UNDEFENDED, DEFENDED) if self.twin else (UNDEFENDED,)

    def attack(self, request: Request) -> None:
        """Wish for an attack on each model; the same wish again starts afresh with the next seed."""
        if self.request is not None and dataclasses.replace(self.request, seed=request.seed) == request:
            request = dataclasses.replace(request, seed=self.request.seed + 1)
        self.request = request
        self.work.errors.clear()

    def stop(self) -> None:
        """End the running attack; models it has not reached are left alone."""
        self.work.stop()

    def attack_on(self, model: str) -> Attack | None:
        """The attack that is wished for on this model."""
        if self.request is None or self.film is None:
            return None
        return Attack(self.film, model, self.request, self._region())

    def _region(self) -> Region | None:
        lesion = self.lesion()
        if self.request is None or lesion is None or self.request.region == "film":
            return None
        return Region(self.request.region, lesion if self.request.region == "inside" else ~lesion)

    def _wanted(self, work: Work) -> Iterator[Task]:
        """In the order in which a person waits for it: readings, attacks, reasons, smallest changes."""
        film = self.film
        if film is None:
            return
        yield from (Read(film, model) for model in self.models)
        attacks = [attack for model in self.models if (attack := self.attack_on(model)) is not None]
        yield from attacks
        for model in self.models:
            yield Explain(film, model, self.method)
        for attack in attacks:
            if attack in work.results:
                yield Explain(film, attack.model, self.method, attack)
        if attacks:
            yield from (Smallest(film, model) for model in self.models)

    # Results -------------------------------------------------------------------------------------------------

    def reading(self, model: str):  # noqa: ANN201  (models.Reading, whose import would load torch)
        """The model's reading of the film as it came, or None while it is not there yet."""
        return self.work.results.get(Read(self.film, model)) if self.film else None

    def attacked(self, model: str) -> Attacked | None:
        """The finished attack on this model, or None."""
        return self.work.results.get(self.attack_on(model))
