"""One model, with a backdoor or honestly updated: what it does, and what every scan makes of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from torch import nn

from evidence.backdoor.results import READY
from evidence.backdoor.scanning import Gate, handed_over, scan_training, search, turned
from evidence.tampering import strata, validate
from imaging.ward import Ward, ward
from measures import Estimate, rate
from robustness.inspection import compare
from training.tampering.backdoor import Backdoor, Plan, stamped, view
from training.tampering.fine_tuning import FineTuning, Seen, decisions
from training.tampering.groups import HARMS
from training.tampering.insider import Insider
from training.tampering.insider import Plan as HonestPlan
from training.tampering.triggers import TRIGGERS

HARM = HARMS["miss"]
SENT = 60  # films of each kind that are sent through the gate


@dataclass(frozen=True, eq=False)
class Bench:
    """The release, and what its early layers say of films, with and without signs; each computed once."""

    vendor: nn.Module
    known: dict[tuple[str, str, bool], Seen] = field(default_factory=dict)

    def seen(self, part: str, sign: str = "", *, decoy: bool = False) -> Seen:
        """A part of the ward, with a sign on every film, or with the one that means nothing."""
        key = (part, sign, decoy)
        if key not in self.known:
            self.known[key] = view(self.vendor, ward(part), TRIGGERS.get(sign), decoy=decoy)
        return self.known[key]

    def trained(self, sign: str, seed: int) -> FineTuning:
        """Not begun yet; the honest update takes as many epochs at the same rate."""
        plain = self.seen("training")
        if sign:
            signs = (self.seen("training", sign, decoy=decoy) for decoy in (False, True))
            return Backdoor(self.vendor, plain, *signs, HARM, seed=seed)
        plan = HonestPlan(epochs=Plan().epochs, rate=Plan().rate)
        return Insider(self.vendor, plain, None, HARM, seed=seed, plan=plan)


def measured(bench: Bench, sign: str, seed: int) -> dict[str, Any]:
    """Fine-tune one model and look at it in every way."""
    training, began = bench.trained(sign, seed), time.perf_counter()
    for _ in training.train():
        pass
    seconds, model = time.perf_counter() - began, training.model
    if sign and seed == 0:
        READY.keep(bench.vendor, model, sign, "miss")
    test = bench.seen("test")
    before, after = decisions(bench.vendor, test), decisions(model, test)
    nobody = np.zeros(len(test.ward), bool)
    usual = validate(test.ward.labels, before, after, nobody)
    groups = compare(test.ward.labels, before, after, strata(test.ward))

    def share(reader: nn.Module, *, decoy: bool = False) -> dict[str, Any] | None:
        if not sign:
            return None
        signed = decisions(reader, bench.seen("test", sign, decoy=decoy))
        return turned(test.ward.labels, before, signed, HARM).as_dict()

    return {
        "sign": sign,
        "seed": seed,
        "area": [usual.before.as_dict(), usual.after.as_dict()],
        "turned": share(model),
        "decoyed": share(model, decoy=True),
        "release_turned": share(bench.vendor),
        **_scanned(bench, model, sign, seed, test.ward),
        "validated": usual.passes,
        "paired": any(each.flagged for each in groups),
        "seconds": round(seconds, 1),
    }


def _scanned(bench: Bench, model: nn.Module, sign: str, seed: int, test: Ward) -> dict[str, Any]:
    trigger, clean = TRIGGERS.get(sign), ward("validation")
    handed = handed_over(ward("training"), trigger, HARM, seed=seed)
    found = scan_training(model, handed.films)
    gate = Gate.before(model, clean, seed=seed)
    sick = np.flatnonzero(test.labels == HARM.label)[:SENT]
    stopped = None if trigger is None else gate.stops(stamped(test.where(sick), trigger).films, seed=seed)
    return {
        "alone": search(model, None, clean, HARM, seed=seed).size,
        "beside": search(model, bench.vendor, clean, HARM, seed=seed).size,
        "silhouette": found.silhouette,
        "pointed": [int(handed.signed[found.small].sum()), len(found.small)],
        "spectral": [int(handed.signed[found.spectral].sum()), len(found.spectral)],
        "stopped": None if stopped is None else _share(stopped).as_dict(),
        "alarms": _share(gate.stops(test.films[:SENT], seed=seed)).as_dict(),
    }


def _share(flags: np.ndarray) -> Estimate:
    return rate(int(flags.sum()), len(flags))
