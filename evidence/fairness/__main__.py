"""`python -m evidence.fairness [--films 100]`: the smallest budget that flips a reading, by group of patients.

So many films each of children, women and men are drawn from the test part of the bundled ward; how an adult was filmed
goes along. Only films that a model reads right are attacked: PGD at every budget, white box, largest change of any
pixel (L∞). Films that are there already, on the same weights, are not measured again.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

import models
from evidence.fairness.results import COMMAND, GROUPS, RESULTS
from evidence.files import begun, keep
from evidence.shipped import shipped
from evidence.tampering import strata
from evidence.tampering.cohorts import APART
from imaging.ward import Ward, ward
from models import decision_logits
from robustness import ThreatModel, smallest_epsilon
from training.commands import command_line

READERS = ("chest-undefended", "chest-defended")
AT_A_TIME = 10
CEILING, STEP = 16, 1 / 16  # grey levels of 255
SEED = 0


def main() -> None:
    """The command line."""
    parser = command_line(__doc__)
    parser.add_argument("--films", type=int, default=100, help="of children, of women and of men")
    parser.add_argument("--fresh", action="store_true", help="measure every film again")
    options = parser.parse_args()
    films = ward("test")
    chosen = drawn(films, options.films)
    rows = shipped(begun(RESULTS, fresh=options.fresh).get("rows", []))
    for id in READERS:
        known = {row["film"] for row in rows if row["model"] == id}
        missing = [film for film in chosen if film not in known]
        for start in range(0, len(missing), AT_A_TIME):
            rows += measured(id, films, np.array(missing[start : start + AT_A_TIME]))
            told = {"made_by": f"{COMMAND} --films {options.films}", "ceiling": CEILING, "rows": rows}
            keep(RESULTS, told)
            print(id, min(start + AT_A_TIME, len(missing)), "of", len(missing), flush=True)


def drawn(films: Ward, each: int) -> list[int]:
    """So many children, women and men, half of them ill; places in the part.

    Raises:
        ValueError: the ward has not that many.
    """
    rng = np.random.default_rng(SEED)
    chosen: list[int] = []
    for members in (strata(films)[name] for name in APART[Ward]):
        for label in (0, 1):
            there = np.flatnonzero(members & (films.labels == label))
            if each // 2 > len(there):
                raise ValueError(f"expected at most {2 * len(there)} films of a group, got {each}")
            chosen += rng.permutation(there)[: each // 2].tolist()
    return chosen


def measured(id: str, films: Ward, places: np.ndarray) -> list[dict[str, Any]]:
    """A row for each film; `levels` is null where the model is wrong without any attack."""
    model, few = models.load(id), films.where(places)
    device = next(model.parameters()).device
    images = torch.from_numpy(few.films[:, None].astype(np.float32) / 255).to(device)
    labels = torch.from_numpy(few.labels).to(device)
    with torch.inference_mode():
        right = decision_logits(model, model(images)).argmax(1) == labels
    threat = ThreatModel(norm="linf", epsilon=CEILING / 255)  # no lattice: most budgets are under two grey levels
    found = iter(
        smallest_epsilon(
            model, images[right], labels[right], threat, seed=SEED, ceiling=CEILING / 255, resolution=STEP / 255
        )
        if right.any()
        else ()
    )
    groups = strata(few)
    rows = []
    for row, (place, correct) in enumerate(zip(places.tolist(), right.tolist(), strict=True)):
        told = {"model": id, "sha256": model.card.sha256, "film": place, "label": int(few.labels[row])}
        told["groups"] = [name for name in GROUPS if groups[name][row]]
        smallest = next(found) if correct else None
        rows.append(
            told | {"levels": smallest and round(smallest.levels, 4), "found": bool(smallest and smallest.found)}
        )
    return rows


if __name__ == "__main__":
    main()
