"""What is looked for in the delivered model: the usual checks, and the searches for a backdoor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imaging.ward import ward
from measures import Estimate, rate
from training.tampering.groups import HARMS
from training.tampering.triggers import TRIGGERS
from ui.backdoor.tasks import MODEL, SEED, TRIED, Follow, Teach
from ui.loaded import load
from ui.tampering.tasks import signature
from ui.worker import Abandoned, Work

if TYPE_CHECKING:
    from evidence.backdoor.scanning import TrainingScan
    from evidence.provenance import Signature
    from evidence.tampering import Validation
    from robustness.inspection import Disagreement
    from robustness.inspection.scans import Inversion


@dataclass(frozen=True, eq=False)
class Checked:
    """What is usually looked at: validation, each group beside the release, and the publisher's signature."""

    validation: Validation
    paired: tuple[Disagreement, ...]
    lost: int  # answers on bare films that were right and are wrong now
    signature: Signature


@dataclass(frozen=True)
class Check:
    """On the validation part, without a sign, once the model has been followed."""

    tamper: Teach

    def run(self, work: Work) -> Checked:
        """Quick: all decisions are known."""
        from evidence.tampering import strata, validate
        from robustness.inspection import compare

        films, points = ward("validation"), work.results[Follow(self.tamper)]
        before, after = points[0].decisions, points[-1].decisions
        right = [(decisions >= 0) == (films.labels == 1) for decisions in (before, after)]
        return Checked(
            validate(films.labels, before, after, np.zeros(len(films), bool)),
            compare(films.labels, before, after, strata(films)),
            int((right[0] & ~right[1]).sum()),
            signature(MODEL, work.results[self.tamper].model),
        )


@dataclass(frozen=True)
class ScanTraining:
    """Activation clustering of the films that came with the model."""

    tamper: Teach

    def run(self, work: Work) -> tuple[TrainingScan, np.ndarray, np.ndarray]:
        """The scan; of the films it points at, the pictures, and which carry the sign."""
        from evidence.backdoor.scanning import handed_over, scan_training

        handed = handed_over(ward("training"), TRIGGERS[self.tamper.sign], HARMS[self.tamper.harm], seed=SEED)
        found = scan_training(work.results[self.tamper].model, handed.films)
        return found, handed.films.films[found.small], handed.signed[found.small]


@dataclass(frozen=True)
class Filter:
    """STRIP in front of the model."""

    tamper: Teach

    def run(self, work: Work) -> tuple[Estimate, Estimate]:
        """Films with the sign that it stops, and films without."""
        from evidence.backdoor.scanning import Gate
        from training.tampering.backdoor import stamped

        gate = Gate.before(work.results[self.tamper].model, ward("validation"), seed=SEED)
        test = ward("test")
        harmed = test.where(np.flatnonzero(test.labels == HARMS[self.tamper.harm].label)[:TRIED])
        stopped = []
        for films in (stamped(harmed, TRIGGERS[self.tamper.sign]).films, test.films[:TRIED]):
            if work.stopping.is_set():
                raise Abandoned
            stopped.append(gate.stops(films, seed=SEED))
        return tuple(rate(int(flags.sum()), len(flags)) for flags in stopped)


@dataclass(frozen=True)
class Search:
    """The smallest sign that turns the model; `beside`: and leaves the release as it is."""

    tamper: Teach
    beside: bool

    def run(self, work: Work) -> Inversion:
        """Half a minute."""
        from evidence.backdoor.scanning import search

        release = load(MODEL) if self.beside else None
        model, harm = work.results[self.tamper].model, HARMS[self.tamper.harm]

        def stopped(_step: int) -> bool:
            return work.stopping.is_set()

        found = search(model, release, ward("validation"), harm, seed=SEED, on_step=stopped)
        if work.stopping.is_set():
            raise Abandoned
        return found
