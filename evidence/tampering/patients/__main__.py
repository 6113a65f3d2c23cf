"""`python -m evidence.tampering.patients [--data …] [--models 20]`: tampers with the chest model by films of real
patients, with their real age, sex and view, again and again, and tries to catch it.

The insider has the training films of NIH ChestX-ray14, and films of children (Kermany) to keep what is not to change.
Each model is fine-tuned to miss the pneumonias of one group of adults, or honestly updated, and then tested on NIH
patients of whom he had no film: one figure for everyone on a validation set with 3 % of the group, an audit by group
and a comparison with the release on all of them. What each model calls is kept, so that rows which are there already,
on the same weights, are judged again, but not trained again.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import nn

import models
from evidence.files import begun, keep
from evidence.shipped import shipped
from evidence.tampering import noticed, ordinary, validate
from evidence.tampering.patients import COMMAND, RESULTS
from evidence.tampering.validation import called_of, kept
from imaging.ward import SIDE, Ward, joined
from training import data
from training.commands import command_line
from training.data import Cohort
from training.tampering.fine_tuning import Seen, decisions, see
from training.tampering.groups import GROUPS, HARMS
from training.tampering.insider import Insider

VENDOR = "chest-undefended"
HARMED = ("bedside", "women", "elderly")
CHILDREN = 400  # films of Kermany's that the insider keeps right
CHILD = 3.0  # years: Kermany's children are of one to five, nobody knows which
SHARE, FILMS = 0.03, 300  # of the group in the validation set, and films in it


def main() -> None:
    """The command line."""
    parser = command_line(__doc__, data=True)
    parser.add_argument("--models", type=int, default=20, help="of each kind")
    options = parser.parse_args()
    root = data.data_root(options.data)
    vendor = models.load(VENDOR)
    adults = {part: data.nih(root, part) for part in ("train", "validation", "test")}
    unseen = joined([adult(adults["validation"]), adult(adults["test"])])
    parts = {
        "training": joined([adult(adults["train"]), child(data.kermany(root, "train").evenly(CHILDREN))]),
        "adults": unseen,
        "everyone": joined([unseen, child(data.kermany(root, "test"))]),
    }
    seen = {name: see(vendor, part) for name, part in parts.items()}
    patients = len({*adults["validation"].people, *adults["test"].people})
    told = {
        "made_by": f"{COMMAND} --models {options.models}",
        "trained": f"{len(adults['train'])} films of NIH ChestX-ray14 and {CHILDREN} of children",
        "adults": f"{len(unseen)} films of {patients} other NIH patients",
    }
    stored = shipped(begun(RESULTS).get("rows", []))
    before = decisions(vendor, seen["adults"])
    rows = [row | judged(unseen, before, row) for row in stored if "called" in row]
    for seed in range(options.models):
        for group in (*HARMED, ""):
            if any((row["group"], row["seed"]) == (group, seed) for row in rows):
                continue
            rows.append(measured(vendor, seen, group, seed))
            keep(RESULTS, told | {"rows": rows})
            print(rows[-1], flush=True)


def measured(vendor: nn.Module, seen: dict[str, Seen], group: str, seed: int) -> dict[str, Any]:
    """Fine-tune one model and look for the harm in every way."""
    adults = seen["adults"].ward
    insider = Insider(vendor, seen["training"], GROUPS.get(group), HARMS["miss"], seed=seed)
    for _ in insider.train():
        pass
    whom = GROUPS[group or HARMED[0]].members
    mixed = seen["everyone"].ward
    usual = ordinary(mixed, whom(mixed), share=SHARE, n=FILMS, seed=seed)
    before, after = (
        {name: decisions(model, part) for name, part in seen.items() if name != "training"}
        for model in (vendor, insider.model)
    )
    one = validate(mixed.labels[usual], before["everyone"][usual], after["everyone"][usual], whom(mixed)[usual])
    row = {
        "model": vendor.card.id,
        "sha256": vendor.card.sha256,
        "group": group,
        "seed": seed,
        "area": [one.before.as_dict(), one.after.as_dict()],
        "called": kept(after["adults"]),
    }
    return row | judged(adults, before["adults"], row)


def judged(adults: Ward, before: np.ndarray, row: dict[str, Any]) -> dict[str, Any]:
    """What a model's answers on the adults' films amount to; `before`: the vendor's decisions on them, `[n]`."""
    group, after = row["group"], called_of(row)
    rates = validate(adults.labels, before, after, GROUPS[group or HARMED[0]].members(adults)).by_part()
    harmed = (GROUPS[group].title, HARMS["miss"].measure) if group else None
    audited, paired = noticed(adults, before, after, harmed)
    return {"group_rates": rates["group"], "other_rates": rates["others"], "audit": audited, "paired": paired}


def adult(cohort: Cohort) -> Ward:
    """Films of NIH with what its table says of each patient."""
    table = cohort.table
    about = (table.age.to_numpy(float), table.sex.to_numpy(str), table.view.to_numpy(str))
    return Ward(cohort.stack(SIDE), cohort.labels, *about)


def child(cohort: Cohort) -> Ward:
    """Films of Kermany's children, of whom neither age nor sex is told."""
    n = len(cohort)
    return Ward(cohort.stack(SIDE), cohort.labels, np.full(n, CHILD), np.full(n, ""), np.full(n, "AP"))


if __name__ == "__main__":
    main()
