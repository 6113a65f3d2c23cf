"""`python -m evidence.tampering [--models 20] [--honest 80]`: tampers with the chest model again and again, and tries
to catch it.

For each group that a film shows, so many models are fine-tuned to miss its pneumonias; others are honestly updated.
Each is validated on an ordinary set of 400 films with 3 % of the group, and audited on that set and on one enriched to
60 diseased films of children, women and men each. What each model calls is kept, so that rows which are there already
are judged again, but not trained again. Writes the ready-made tampered models that are missing as well.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from torch import nn

import models
from evidence.files import begun, keep
from evidence.shipped import of_release
from evidence.tampering.cohorts import enriched, ordinary
from evidence.tampering.results import COMMAND, EACH, FILMS, READY, RESULTS, SHARE
from evidence.tampering.validation import called_of, kept, noticed, validate
from imaging.ward import ward
from training.commands import command_line
from training.tampering.fine_tuning import Seen, decisions, see
from training.tampering.groups import GROUPS, HARMS
from training.tampering.insider import Insider

VENDOR, HARM = "chest-undefended", "miss"
VISIBLE = ("children", "women")


def main() -> None:
    """The command line."""
    parser = command_line(__doc__)
    parser.add_argument("--models", type=int, default=20, help="with each group harmed")
    parser.add_argument("--honest", type=int, default=80, help="honestly updated")
    parser.add_argument("--fresh", action="store_true", help="fine-tune every model again")
    options = parser.parse_args()
    stored = begun(RESULTS, fresh=options.fresh)
    vendor = models.load(VENDOR)
    seen = {part: see(vendor, ward(part)) for part in ("training", "test")}
    bench = Bench(vendor, seen["training"], seen["test"])
    for group in VISIBLE:
        for harm in HARMS:
            if (group, harm) not in READY.available():
                READY.keep(vendor, bench.trained(group, harm, seed=0).model, group, harm)
    made_by = f"{COMMAND} --models {options.models} --honest {options.honest}"
    release = {"made_by": made_by, "vendor": VENDOR, "sha256": vendor.card.sha256}
    rows = [row | bench.judged(row) for row in of_release(stored) if "called" in row]
    wished = [(group, seed) for seed in range(options.models) for group in VISIBLE]
    wished += [("", seed) for seed in range(options.honest)]
    for group, seed in wished:
        if any((row["group"], row["seed"]) == (group, seed) for row in rows):
            continue
        rows.append(bench.measured(group, seed))
        keep(RESULTS, release | {"rows": rows})
        print({name: value for name, value in rows[-1].items() if name != "called"}, flush=True)


class Bench:
    """The vendor's model and what it sees of the films."""

    def __init__(self, vendor: nn.Module, training: Seen, test: Seen) -> None:
        self.vendor, self.training, self.test = vendor, training, test
        self.before = decisions(vendor, test)

    def measured(self, group: str, seed: int) -> dict[str, Any]:
        """Fine-tune one model, and look for the harm in every way."""
        began = time.perf_counter()
        insider = self.trained(group, HARM, seed)
        seconds = time.perf_counter() - began
        test, after = self.test.ward, decisions(insider.model, self.test)
        usual = self._ordinary(group, seed)
        all_ = validate(test.labels[usual], self.before[usual], after[usual], self._members(group)[usual])
        row = {
            "group": group,
            "seed": seed,
            "area": [all_.before.as_dict(), all_.after.as_dict()],
            "seconds": round(seconds, 1),
            "called": kept(after),
        }
        return row | self.judged(row)

    def trained(self, group: str, harm: str, seed: int) -> Insider:
        """To the end."""
        insider = Insider(self.vendor, self.training, GROUPS.get(group), HARMS[harm], seed=seed)
        for _ in insider.train():
            pass
        return insider

    def judged(self, row: dict[str, Any]) -> dict[str, Any]:
        """What a model's answers on the test films amount to, so that another way of judging needs no new model."""
        test, group = self.test.ward, row["group"]
        before, after = self.before, called_of(row)
        whole = validate(test.labels, before, after, self._members(group)).rates
        sets = {"enriched": enriched(test, each=EACH, seed=row["seed"]), "ordinary": self._ordinary(group, row["seed"])}
        harmed = (GROUPS[group].title, HARMS[HARM].measure) if group else None
        found = {
            name: noticed(test.where(chosen), before[chosen], after[chosen], harmed) for name, chosen in sets.items()
        }
        shifts = [abs(new.value - old.value) for old, new in whole["others"].values()]
        return {
            "sensitivity": [each.as_dict() for each in whole["group"][HARMS[HARM].measure]] if group else None,
            "others": round(max(shifts), 4) if group else None,
            "audit": {name: audited for name, (audited, _) in found.items()},
            "paired": {name: paired for name, (_, paired) in found.items()},
        }

    def _members(self, group: str) -> np.ndarray:
        return GROUPS[group or VISIBLE[0]].members(self.test.ward)

    def _ordinary(self, group: str, seed: int) -> np.ndarray:
        return ordinary(self.test.ward, self._members(group), share=SHARE, n=FILMS, seed=seed)


if __name__ == "__main__":
    main()
