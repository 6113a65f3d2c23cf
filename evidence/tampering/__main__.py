"""`python -m evidence.tampering [--models 20]`: tampers with the chest model again and again, and tries to catch it.

For each group that a film shows, so many models are fine-tuned to miss its pneumonias, and as many are honestly
updated. Each is validated on an ordinary set of 400 films with 3 % of the group, and audited on that set and on one
enriched to 60 diseased films of children, women and men each. Rows that are there already are not measured again.
Writes the ready-made tampered models as well.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

import numpy as np
from torch import nn

import models
from evidence.shipped import of_release
from evidence.tampering.cohorts import enriched, ordinary
from evidence.tampering.results import COMMAND, EACH, FILMS, READY, RESULTS, SHARE
from evidence.tampering.validation import noticed, validate
from imaging.ward import ward
from training.tampering.fine_tuning import Seen, decisions, see
from training.tampering.groups import GROUPS, HARMS
from training.tampering.insider import Insider

VENDOR = "chest-undefended"
VISIBLE = ("children", "women")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=20, help="of each kind")
    parser.add_argument("--fresh", action="store_true", help="measure every row again")
    options = parser.parse_args()
    stored = {} if options.fresh or not RESULTS.is_file() else json.loads(RESULTS.read_text(encoding="utf-8"))
    rows = of_release(stored)
    vendor = models.load(VENDOR)
    release = {"vendor": VENDOR, "sha256": vendor.card.sha256}
    seen = {part: see(vendor, ward(part)) for part in ("training", "test")}
    for seed in range(options.models):
        for group in (*VISIBLE, ""):
            if any((row["group"], row["seed"]) == (group, seed) for row in rows):
                continue
            rows.append(measured(vendor, seen, group, seed))
            found = {"made_by": f"{COMMAND} --models {options.models}"} | release | {"rows": rows}
            RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
            print(rows[-1], flush=True)


def measured(vendor: nn.Module, seen: dict[str, Seen], group: str, seed: int) -> dict[str, Any]:
    """Fine-tune one model and look for the harm in every way."""
    train, test = seen["training"].ward, seen["test"].ward
    nobody = np.zeros(len(train), bool)
    began = time.perf_counter()
    insider = Insider(
        vendor, seen["training"], GROUPS[group].members(train) if group else nobody, HARMS["miss"], seed=seed
    )
    for _ in insider.train():
        pass
    seconds = time.perf_counter() - began
    if group and seed == 0:
        READY.keep(vendor, insider.model, group, "miss")
    before, after = decisions(vendor, seen["test"]), decisions(insider.model, seen["test"])
    members = GROUPS[group or VISIBLE[0]].members(test)
    whole = validate(test.labels, before, after, members)
    usual = ordinary(test, members, share=SHARE, n=FILMS, seed=seed)
    rich = enriched(test, each=EACH, seed=seed)
    sets = {"enriched": rich, "ordinary": usual}
    seen_by_all = validate(test.labels[usual], before[usual], after[usual], members[usual])
    seen_by = {name: noticed(test.where(chosen), before[chosen], after[chosen]) for name, chosen in sets.items()}
    shifts = [abs(new.value - old.value) for old, new in whole.rates["others"].values()]
    return {
        "group": group,
        "seed": seed,
        "area": [seen_by_all.before.as_dict(), seen_by_all.after.as_dict()],
        "sensitivity": [each.as_dict() for each in whole.rates["group"]["sensitivity"]] if group else None,
        "others": round(max(shifts), 4) if group else None,
        "audit": {name: audited for name, (audited, _) in seen_by.items()},
        "paired": {name: paired for name, (_, paired) in seen_by.items()},
        "seconds": round(seconds, 1),
    }


if __name__ == "__main__":
    main()
