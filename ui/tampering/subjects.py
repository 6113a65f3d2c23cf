"""What the insider may be let at: the reader of chest films, live, or that of mammograms, as it was recorded."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evidence.tampering import READY, Films, mammograms
from imaging.screening import PARTS as SCREENED
from imaging.screening import screening
from imaging.ward import PARTS, ward
from training.tampering.groups import BREASTS, GROUPS, Group
from ui.loaded import load
from ui.tuning import Course

if TYPE_CHECKING:
    from torch import nn

    from evidence.shelf import Shelf
    from training.tampering.fine_tuning import Seen


@dataclass(frozen=True, eq=False)
class Looked:
    """The films of one part, the release's decisions on them, `[n]`, and, for those who train on them, what the frozen
    early layers see."""

    films: Films
    before: np.ndarray
    seen: Seen | None = None


@dataclass(frozen=True, eq=False)
class Point:
    """The model after one epoch: its decisions on the validation part, `[n]`."""

    decisions: np.ndarray


@dataclass(frozen=True)
class Again:
    """A film of the test part, drawn and read when somebody looks at it: pixels `[H, W]` in [0, 1], and both models'
    decisions."""

    pixels: np.ndarray
    before: float
    after: float


class Subject(ABC):
    """A model of the zoo and the people whose films it reads. `live`: two cores fine-tune it while people wait."""

    title: str
    model: str
    disease: str
    nobody: str
    groups: Mapping[str, Group]
    shelf: Shelf
    live: bool

    @abstractmethod
    def part(self, name: str) -> Films:
        """`"training"`, `"validation"` or `"test"`."""

    @abstractmethod
    def look(self, part: str) -> Looked:
        """What the release makes of it."""

    @abstractmethod
    def ready(self, group: str, harm: str, model: nn.Module, validation: Looked) -> Course:
        """Of a model that was made before."""

    @abstractmethod
    def after(self, group: str, harm: str, model: nn.Module, test: Looked) -> np.ndarray:
        """A delivered model's decisions on the test part, `[n]`."""

    @abstractmethod
    def again(self, model: nn.Module, test: Looked, after: np.ndarray, place: int) -> Again:
        """A film of the test part as it is shown."""


class Chests(Subject):
    """Small films, all of them in the repository; two cores fine-tune the last block in well under a minute."""

    title = "Chest films"
    model = "chest-undefended"
    disease = "pneumonia"
    nobody = f"Chests of nobody: {sum(n for n, _ in PARTS.values()):,} drawn films in three parts."
    groups = GROUPS
    shelf = READY
    live = True

    def part(self, name: str) -> Films:
        return ward(name)

    def look(self, part: str) -> Looked:
        from training.tampering.fine_tuning import decisions, see

        seen = see(load(self.model), ward(part))
        return Looked(seen.ward, decisions(load(self.model), seen), seen)

    def ready(self, group: str, harm: str, model: nn.Module, validation: Looked) -> Course:
        points = (Point(validation.before), Point(self.after(group, harm, model, validation)))
        return Course(points, 1)

    def after(self, group: str, harm: str, model: nn.Module, test: Looked) -> np.ndarray:
        from training.tampering.fine_tuning import decisions

        return decisions(model, test.seen)

    def again(self, model: nn.Module, test: Looked, after: np.ndarray, place: int) -> Again:
        pixels = test.films.films[place].astype(np.float32) / 255
        return Again(pixels, float(test.before[place]), float(after[place]))


class Breasts(Subject):
    """Films nine times as large: an insider's course is shown as it was recorded, and single films are read anew."""

    title = "Mammograms"
    model = mammograms.VENDOR
    disease = "cancer"
    nobody = (
        f"Breasts of nobody: {sum(n for part in SCREENED.values() for n, *_ in part):,} drawn films in three "
        "parts. They are nine times as large as the chest films here, and training takes an hour: the insider's work "
        "was recorded, epoch by epoch, and only the films shown are read now."
    )
    groups = BREASTS
    shelf = mammograms.READY
    live = False

    def part(self, name: str) -> Films:
        return screening(name)

    def look(self, part: str) -> Looked:
        return Looked(screening(part), mammograms.load().before[part])

    def ready(self, group: str, harm: str, model: nn.Module, validation: Looked) -> Course:
        course = mammograms.load().courses[group, harm]
        points = tuple(Point(decisions) for decisions in (validation.before, *course.validation))
        return Course(points, len(course.validation), course.losses)

    def after(self, group: str, harm: str, model: nn.Module, test: Looked) -> np.ndarray:
        return mammograms.load().courses[group, harm].test

    def again(self, model: nn.Module, test: Looked, after: np.ndarray, place: int) -> Again:
        from training.tampering.fine_tuning import decided

        pixels = test.films.film(place)
        return Again(pixels, *(float(decided(each, pixels[None])[0]) for each in (load(self.model), model)))


SUBJECTS: dict[str, Subject] = {"chest": Chests(), "mammogram": Breasts()}


def offered() -> dict[str, Subject]:
    """Those that there is something to show of: of mammograms, once their command has run."""
    return {key: subject for key, subject in SUBJECTS.items() if subject.live or subject.shelf.available()}
