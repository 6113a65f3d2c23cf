"""The pieces of work behind the page, each named by its own value. Torch is imported when the first one runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit

import models
from ui.loaded import load
from ui.tampering.subjects import SUBJECTS, Again, Looked, Point, Subject
from ui.tuning import Kept, Tampered, watched
from ui.worker import Common, Work

if TYPE_CHECKING:
    from torch import Tensor, nn

    from evidence.provenance import Signature
    from evidence.tampering import Validation
    from robustness.inspection import Disagreement, Gap, Profile
    from robustness.inspection.weights import Change

SEED = 0
SHARES = (0.01, 0.03, 0.05, 0.1, 0.2, 0.3)  # of the group among the films
VALIDATED = 340  # films of an ordinary validation set: as many as the validation parts have at every share
SHOWN = 7  # films


@dataclass(frozen=True)
class Look(Common):
    """What the release makes of one part of the films; `subject` is a key of `SUBJECTS`."""

    subject: str
    part: str

    def run(self, work: Work) -> Looked:
        """The films, and its decisions on them."""
        return SUBJECTS[self.subject].look(self.part)


@dataclass(frozen=True)
class Tamper:
    """Fine-tune a copy of the model; or, `ready`, take the one that was made before.

    `kept` holds each insider's training between two runs, so that it can go on after a stop; `leg` counts the stops.
    """

    subject: str
    group: str
    harm: str
    ready: bool
    kept: Kept = field(compare=False, repr=False)
    leg: int = 0

    @property
    def about(self) -> Subject:
        """The model and the people."""
        return SUBJECTS[self.subject]

    def run(self, work: Work) -> Tampered:
        """Epoch by epoch, each shown at once."""
        from training.tampering.fine_tuning import decisions
        from training.tampering.groups import HARMS
        from training.tampering.insider import Insider

        vendor, validation = load(self.about.model), work.results[Look(self.subject, "validation")]
        if self.ready:
            model = self.about.shelf.take(vendor, self.group, self.harm)
            return Tampered(model, self.about.ready(self.group, self.harm, model, validation), whole=True)

        def begin() -> Insider:
            train = work.results[Look(self.subject, "training")].seen
            return Insider(vendor, train, self.about.groups[self.group], HARMS[self.harm], seed=SEED)

        def look(model: nn.Module) -> Point:
            return Point(decisions(model, validation.seen))

        return watched(work, self, self.kept, begin, Point(validation.before), look)


@dataclass(frozen=True)
class Validate:
    """Typical validation of the tampered model, `share` of the films of the group."""

    tamper: Tamper
    share: float

    def run(self, work: Work) -> Validation:
        """Overall figures of both models, and what they hide."""
        from evidence.tampering import ordinary, validate

        looked = work.results[Look(self.tamper.subject, "validation")]
        films, before = looked.films, looked.before
        members = self.tamper.about.groups[self.tamper.group].members(films)
        chosen = ordinary(films, members, share=self.share, n=VALIDATED, seed=SEED)
        after = work.results[self.tamper].course.points[-1].decisions
        return validate(films.labels[chosen], before[chosen], after[chosen], members[chosen])


@dataclass(frozen=True, eq=False)
class Found:
    """What an inspection of the delivered model found: `chosen` are the auditor's films, places in the test part, and
    `after` its decisions on all of that part."""

    chosen: np.ndarray
    after: np.ndarray
    gaps: tuple[Gap, ...]
    paired: tuple[Disagreement, ...]
    weights: tuple[Change, ...]
    signature: Signature
    films: tuple[tuple[int, float, float], ...]  # of the group's harmed films: place in the test part, both decisions


@dataclass(frozen=True)
class Inspect:
    """The audits on the auditor's own films: enriched, or as a random cohort has them (`share` of the group)."""

    tamper: Tamper
    share: float | None

    def run(self, work: Work) -> Found:
        """By group, against the vendor's model, and in the weights."""
        from evidence.tampering import EACH, FILMS, enriched, ordinary, strata
        from robustness.inspection import audit, compare
        from robustness.inspection.weights import changes
        from training.tampering.groups import HARMS

        tamper, about = self.tamper, self.tamper.about
        looked, delivered = work.results[Look(tamper.subject, "test")], work.results[tamper].model
        films, before = looked.films, looked.before
        members, label = about.groups[tamper.group].members(films), HARMS[tamper.harm].label
        after = about.after(tamper.group, tamper.harm, delivered, looked)
        if self.share is None:
            chosen = enriched(films, each=EACH, seed=SEED)
        else:
            chosen = ordinary(films, members, share=self.share, n=FILMS, seed=SEED)
        labels, groups = films.labels[chosen], strata(films.where(chosen))
        harmed = np.flatnonzero(members & (films.labels == label) & ((before >= 0) == (label == 1)))
        return Found(
            chosen,
            after,
            audit(labels, after[chosen], groups),
            compare(labels, before[chosen], after[chosen], groups),
            changes(load(about.model), delivered),
            signature(about.model, delivered),
            tuple((int(place), float(before[place]), float(after[place])) for place in harmed),
        )


@dataclass(frozen=True)
class Show:
    """The first of the group's films that could be harmed, as both models read them."""

    inspect: Inspect

    def run(self, work: Work) -> tuple[Again, ...]:
        """At most `SHOWN`."""
        tamper, found = self.inspect.tamper, work.results[self.inspect]
        looked, model = work.results[Look(tamper.subject, "test")], work.results[tamper].model
        places = [place for place, _, _ in found.films[:SHOWN]]
        return tuple(tamper.about.again(model, looked, found.after, place) for place in places)


@dataclass(frozen=True)
class Describe:
    """Rank and calibration of every group and crossing on the auditor's films. Slow beside the verdicts, so apart."""

    inspect: Inspect

    @property
    def tamper(self) -> Tamper:
        """Whose model it is of."""
        return self.inspect.tamper

    def run(self, work: Work) -> tuple[tuple[Profile, ...], tuple[Profile, ...]]:
        """Of the release, and of the delivered model."""
        from evidence.tampering import strata
        from robustness.inspection import crossings, prevalence_shift, profiles

        looked, found = work.results[Look(self.tamper.subject, "test")], work.results[self.inspect]
        films, before = looked.films.where(found.chosen), looked.before
        groups, point = strata(films), models.card(self.tamper.about.model).operating_point
        crossed, there = groups | crossings(groups), found.chosen
        moved = prevalence_shift(films.labels, expit(before[there] + logit(point)))
        release, delivered = (
            profiles(films.labels, each[there] >= 0, expit(each[there] + logit(point) + moved), crossed)
            for each in (before, found.after)
        )
        return release, delivered


def signature(id: str, delivered: nn.Module) -> Signature:
    """The vendor's signature, held against the file that the insider delivers."""
    from safetensors.torch import save_file

    from evidence.provenance import verify

    with TemporaryDirectory() as folder:
        file = Path(folder) / f"{id}.safetensors"
        save_file({name: _stored(tensor) for name, tensor in delivered.state_dict().items()}, file)
        return verify(id, file)


def _stored(tensor: Tensor) -> Tensor:
    """As the zoo stores it: half precision."""
    return (tensor.half() if tensor.is_floating_point() else tensor).contiguous()
