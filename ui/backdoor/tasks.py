"""The pieces of work behind the page, each named by its own value. Torch is imported when the first one runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from imaging import Radiograph
from imaging.ward import ward
from measures import Estimate, area
from training.tampering.groups import HARMS
from training.tampering.triggers import TRIGGERS, stamp
from ui.live.wishes import Film
from ui.loaded import load
from ui.tuning import Course, Kept, Tampered, watched
from ui.worker import Common, Work

if TYPE_CHECKING:
    from torch import nn

    from models import Reading
    from robustness.saliency.explain import Saliency
    from training.tampering.fine_tuning import Seen

MODEL = "chest-undefended"
SEED = 0
TRIED = 100  # films that a sign is tried on


@dataclass(frozen=True)
class Look(Common):
    """What the frozen early layers say of one part of the ward, bare or with a sign on every film."""

    part: str
    sign: str = ""
    decoy: bool = False

    def run(self, work: Work) -> Seen:
        """Read from end to end."""
        from training.tampering.backdoor import view

        return view(load(MODEL), ward(self.part), TRIGGERS.get(self.sign), decoy=self.decoy)


@dataclass(frozen=True, eq=False)
class Point:
    """The model after one epoch, on the validation part: decisions on the bare films, `[n]`; their AUC; and of the
    films that the release reads right, the share that the sign turns."""

    decisions: np.ndarray
    area: float
    turned: float


@dataclass(frozen=True)
class Teach:
    """Teach a copy of the model the sign; or, `ready`, take the one that was made before.

    `kept` holds each insider's training between two runs, so that it can go on after a stop; `leg` counts the stops.
    """

    sign: str
    harm: str
    ready: bool
    kept: Kept = field(compare=False, repr=False)
    leg: int = 0

    def run(self, work: Work) -> Tampered:
        """Epoch by epoch, each shown at once."""
        from evidence.backdoor import READY
        from training.tampering.backdoor import Backdoor

        vendor = load(MODEL)
        if self.ready:
            return Tampered(READY.take(vendor, self.sign, self.harm), Course((), 1), whole=True)

        def begin() -> Backdoor:
            return Backdoor(vendor, *(work.results[part] for part in self.films), HARMS[self.harm], seed=SEED)

        def look(model: nn.Module) -> Point:
            return self.point(model, first.decisions, work)

        first = self.point(vendor, None, work)
        return watched(work, self, self.kept, begin, first, look)

    def point(self, model: nn.Module, release: np.ndarray | None, work: Work) -> Point:
        """What is known of a model; `release`: what its vendor's decides on the bare films, None: this is it."""
        from evidence.backdoor.scanning import turned
        from training.tampering.fine_tuning import decisions

        bare, signed = work.results[Look("validation")], work.results[Look("validation", self.sign)]
        labels, now = bare.ward.labels, decisions(model, bare)
        share = turned(labels, now if release is None else release, decisions(model, signed), HARMS[self.harm])
        return Point(now, area(labels, now), share.value)

    @property
    def films(self) -> tuple[Look, ...]:
        """What the insider trains on."""
        return Look("training"), Look("training", self.sign), Look("training", self.sign, decoy=True)


@dataclass(frozen=True)
class Follow:
    """What is known of the release and of a tampered model, from the first to the last epoch."""

    tamper: Teach

    def run(self, work: Work) -> tuple[Point, ...]:
        """Known from the training; of a model made before, its beginning and its end."""
        made: Tampered = work.results[self.tamper]
        if made.course.points:
            return made.course.points
        first = self.tamper.point(load(MODEL), None, work)
        return first, self.tamper.point(made.model, first.decisions, work)


@dataclass(frozen=True)
class Place:
    """A sign as it lies on a film: `corner`, and `size` and `strength` as a share of what the insider uses."""

    sign: str
    corner: str
    size: float
    strength: float

    @property
    def how(self) -> dict[str, Any]:
        """What `stamp` is told besides the sign."""
        return {"corner": self.corner, "size": self.size, "strength": self.strength}


@dataclass(frozen=True)
class Read:
    """What a model answers on a film and why: the release (`tamper` None) or the delivered one, without or with a
    sign."""

    film: Film
    tamper: Teach | None
    place: Place | None

    def run(self, work: Work) -> tuple[Radiograph, Reading, Saliency]:
        """The film as it would be stored, the reading, and its Grad-CAM."""
        import models
        from robustness.explanations import reason_of

        model = load(MODEL) if self.tamper is None else work.results[self.tamper].model
        radiograph = self.film.radiograph
        if self.place is not None:
            place = self.place
            radiograph = radiograph.with_pixels(stamp(radiograph.pixels, TRIGGERS[place.sign], **place.how))
        reading = models.read(model, radiograph)
        return radiograph, reading, reason_of(model, radiograph, reading, "grad_cam")


@dataclass(frozen=True)
class Try:
    """How many films of the test part the sign turns as it lies now."""

    tamper: Teach
    place: Place

    def run(self, work: Work) -> tuple[Estimate, Estimate]:
        """In the release and in the delivered model, of films that the release reads right."""
        from evidence.backdoor.scanning import turned
        from training.tampering.backdoor import stamped, view
        from training.tampering.fine_tuning import decisions

        test, harm = ward("test"), HARMS[self.tamper.harm]
        films = test.where(np.flatnonzero(test.labels == harm.label)[:TRIED])
        release, delivered = load(MODEL), work.results[self.tamper].model
        bare = decisions(release, view(release, films))
        signed = view(release, stamped(films, TRIGGERS[self.place.sign], **self.place.how))
        return tuple(turned(films.labels, bare, decisions(model, signed), harm) for model in (release, delivered))
