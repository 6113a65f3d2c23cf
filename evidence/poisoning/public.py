"""`python -m evidence.poisoning.public [--data …] [--copies 100]`: are films of real public sets there twice, and would
a copy of a test film among the training films be found?

Everything that curation calls a copy is counted in the sets as they were published, where the patients' names tell
which of these pairs are one patient's. Then test films are copied in each disguise, and looked for.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from evidence.files import keep
from evidence.poisoning.planting import DISGUISES
from evidence.poisoning.results import PUBLIC
from imaging.ward import SIDE
from robustness.curation import near_duplicates
from training import data
from training.commands import command_line
from training.data import Cohort

COMMAND = "python -m evidence.poisoning.public"
TITLES = {"kermany": "Kermany's children", "nih": "NIH ChestX-ray14, the part used here"}


def main() -> None:
    """The command line."""
    parser = command_line(__doc__, data=True)
    parser.add_argument("--copies", type=int, default=100, help="of test films, in each disguise")
    options = parser.parse_args()
    root = data.data_root(options.data)
    sets = {
        "kermany": (data.kermany(root, "train"), data.kermany(root, "test")),
        "nih": (data.nih(root, "train"), data.nih(root, "test")),
    }
    rows = [searched(TITLES[name], *parts, copies=options.copies) for name, parts in sets.items()]
    keep(PUBLIC, {"made_by": f"{COMMAND} --copies {options.copies}", "rows": rows})
    for row in rows:
        print(row)


def searched(name: str, train: Cohort, test: Cohort, *, copies: int) -> dict[str, Any]:
    """The row of one set; `copies` of test films are drawn evenly."""
    films, others = train.stack(SIDE), test.stack(SIDE)
    pairs = near_duplicates(films)
    taken = test.places(copies)
    found = {}
    for disguise, alter in DISGUISES.items():
        hits = {
            (pair.first, pair.second) for pair in near_duplicates(np.stack([alter(others[i]) for i in taken]), others)
        }
        found[disguise] = [sum((place, source) in hits for place, source in enumerate(taken.tolist())), len(taken)]
    return {
        "name": name,
        "films": len(train),
        "patients": len(set(train.people)),
        "tested": len(test),
        "pairs": len(pairs),
        "one_patient": sum(bool(train.people[pair.first] == train.people[pair.second]) for pair in pairs),
        "labels_differ": sum(bool(train.labels[pair.first] != train.labels[pair.second]) for pair in pairs),
        "leaks": len({pair.second for pair in near_duplicates(films, others)}),
        "found": found,
    }


if __name__ == "__main__":
    main()
