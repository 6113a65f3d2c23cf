"""`python -m evidence.tampering.mammograms [--fresh]`: tampers with the reader of mammograms, and keeps the course.

One insider for each group and harm. What the model decides on the validation part is kept after every epoch, and what
the delivered one, as it is stored, decides on the test part: is the harm found there, by how many of 20 auditors who
draw their films from it? Courses that are there already are judged again, but not run again. Takes about an hour
for each on one core, after an hour and a half of drawing films.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from torch import nn

import models
from evidence.files import begun, keep
from evidence.lines import line, numbers
from evidence.shipped import of_release
from evidence.tampering import EACH, FILMS, SHARE, enriched, noticed, ordinary, validate
from evidence.tampering.mammograms import AUDITORS, COMMAND, DIGITS, READY, RESULTS, VENDOR
from imaging.screening import screening
from training.commands import command_line
from training.tampering.breasts import HALF, BreastInsider, half, view
from training.tampering.fine_tuning import Seen, decisions
from training.tampering.groups import BREASTS, HARMS

WISHED = (("dense", "miss"), ("dense", "invent"))


def main() -> None:
    """The command line."""
    parser = command_line(__doc__)
    parser.add_argument("--fresh", action="store_true", help="fine-tune every model again")
    options = parser.parse_args()
    vendor = models.load(VENDOR)
    rows = of_release(begun(RESULTS, fresh=options.fresh))
    wanted = [each for each in WISHED if each not in [(row["group"], row["harm"]) for row in rows]]
    seen = {part: view(vendor, part) for part in ("validation", "test")}
    before = {name: kept(vendor, part) for name, part in seen.items()}
    told = {"made_by": COMMAND, "vendor": VENDOR, "sha256": vendor.card.sha256, "before": before}
    rows = [row | judged(row, before["test"]) for row in rows]
    keep(RESULTS, told | {"rows": rows})
    if not wanted:
        return
    with half():
        training = view(vendor, "training", HALF, twice=True)
    for group, harm in wanted:
        row = course(vendor, training, seen, group, harm)
        rows.append(row | judged(row, before["test"]))
        keep(RESULTS, told | {"rows": rows})


def judged(row: dict[str, Any], release: str) -> dict[str, Any]:
    """What a delivered model's answers on the test part amount to, beside the release's."""
    women, group, harm = screening("test"), BREASTS[row["group"]], HARMS[row["harm"]]
    before, after, members = numbers(release, float), numbers(row["test"], float), group.members(women)
    whole = validate(women.labels, before, after, members)
    found: dict[str, list[tuple[bool, bool]]] = {"enriched": [], "ordinary": []}
    for seed in range(AUDITORS):
        sets = {
            "enriched": enriched(women, each=EACH, seed=seed),
            "ordinary": ordinary(women, members, share=SHARE, n=FILMS, seed=seed),
        }
        for name, chosen in sets.items():
            films = (women.where(chosen), before[chosen], after[chosen])
            found[name].append(noticed(*films, (group.title, harm.measure)))
    usual = ordinary(women, members, share=SHARE, n=FILMS, seed=0)
    one = validate(women.labels[usual], before[usual], after[usual], members[usual])
    return {
        "area": [one.before.as_dict(), one.after.as_dict()],
        "rates": whole.by_part(),
        "audit": {name: sum(audited for audited, _ in each) for name, each in found.items()},
        "paired": {name: sum(paired for _, paired in each) for name, each in found.items()},
    }


def course(vendor: nn.Module, training: Seen, seen: dict[str, Seen], group: str, harm: str) -> dict[str, Any]:
    """Let one insider at the model, and look at it after every epoch."""
    losses, validation, seconds = [], [], 0.0
    began = time.perf_counter()
    with half():
        insider = BreastInsider(vendor, training, BREASTS[group], HARMS[harm], seed=0)
    epochs = insider.train()
    while not insider.done:
        with half():
            epoch = next(epochs)
        seconds += time.perf_counter() - began
        losses.append(round(epoch.loss, 4))
        validation.append(kept(insider.model, seen["validation"]))
        print(group, harm, epoch, flush=True)
        began = time.perf_counter()
    insider.settle(vendor, seen["validation"])
    READY.keep(vendor, insider.model, group, harm)
    delivered = READY.take(vendor, group, harm)
    validation[-1] = kept(delivered, seen["validation"])
    return {
        "group": group,
        "harm": harm,
        "minutes": round(seconds / 60, 1),
        "losses": losses,
        "validation": validation,
        "test": kept(delivered, seen["test"]),
    }


def kept(model: nn.Module, seen: Seen) -> str:
    """A model's decisions, for a results file."""
    return line(np.round(decisions(model, seen), DIGITS))


if __name__ == "__main__":
    main()
