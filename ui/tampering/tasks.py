"""The pieces of work behind the page, each named by its own value. Torch is imported when the first one runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit

import models
from imaging.ward import ward
from ui.loaded import load
from ui.tuning import Course, Kept, Tampered, watched
from ui.worker import Work

if TYPE_CHECKING:
    from torch import Tensor, nn

    from evidence.provenance import Signature
    from evidence.tampering import Validation
    from robustness.inspection import Disagreement, Gap, Profile
    from robustness.inspection.weights import Change
    from training.tampering.fine_tuning import Seen

SEED = 0
SHARES = (0.01, 0.03, 0.05, 0.1, 0.2, 0.3)  # of the group among the films
VALIDATED = 340  # films of an ordinary validation set: as many as the validation part has at every share


@dataclass(frozen=True)
class Look:
    """What the frozen early layers say of one part of the ward, and the vendor's decisions on it."""

    model: str
    part: str

    def run(self, work: Work) -> tuple[Seen, np.ndarray]:
        """Computed once for all tampering."""
        from training.tampering.fine_tuning import decisions, see

        seen = see(load(self.model), ward(self.part))
        return seen, decisions(load(self.model), seen)


@dataclass(frozen=True, eq=False)
class Point:
    """The model after one epoch: its decisions on the validation part, `[n]`."""

    decisions: np.ndarray


@dataclass(frozen=True)
class Tamper:
    """Fine-tune a copy of the model; or, `ready`, take the one that was made before.

    `kept` holds each insider's training between two runs, so that it can go on after a stop; `leg` counts the stops.
    """

    model: str
    group: str
    harm: str
    ready: bool
    kept: Kept = field(compare=False, repr=False)
    leg: int = 0

    def run(self, work: Work) -> Tampered:
        """Epoch by epoch, each shown at once."""
        from evidence.tampering import READY
        from training.tampering.fine_tuning import decisions
        from training.tampering.groups import GROUPS, HARMS
        from training.tampering.insider import Insider

        vendor = load(self.model)
        seen, before = work.results[Look(self.model, "validation")]
        start = Point(before)
        if self.ready:
            model = READY.take(vendor, self.group, self.harm)
            return Tampered(model, Course((start, Point(decisions(model, seen))), 1), whole=True)

        def begin() -> Insider:
            train, _ = work.results[Look(self.model, "training")]
            return Insider(vendor, train, GROUPS[self.group], HARMS[self.harm], seed=SEED)

        return watched(work, self, self.kept, begin, start, lambda model: Point(decisions(model, seen)))


@dataclass(frozen=True)
class Validate:
    """Typical validation of the tampered model, `share` of the films of the group."""

    tamper: Tamper
    share: float

    def run(self, work: Work) -> Validation:
        """Overall figures of both models, and what they hide."""
        from evidence.tampering import ordinary, validate
        from training.tampering.groups import GROUPS

        seen, before = work.results[Look(self.tamper.model, "validation")]
        films, members = seen.ward, GROUPS[self.tamper.group].members(seen.ward)
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
        from training.tampering.fine_tuning import decisions
        from training.tampering.groups import GROUPS, HARMS

        seen, before = work.results[Look(self.tamper.model, "test")]
        films, delivered = seen.ward, work.results[self.tamper].model
        members, label = GROUPS[self.tamper.group].members(films), HARMS[self.tamper.harm].label
        after = decisions(delivered, seen)
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
            changes(load(self.tamper.model), delivered),
            signature(self.tamper.model, delivered),
            tuple((int(place), float(before[place]), float(after[place])) for place in harmed),
        )


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

        seen, before = work.results[Look(self.tamper.model, "test")]
        found: Found = work.results[self.inspect]
        films = seen.ward.where(found.chosen)
        groups, point = strata(films), models.card(self.tamper.model).operating_point
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
