"""`python -m evidence.comparison [--data …] [--kind chest | mammogram] [--films 284]`: pushes each film of a test set
to the wrong side, as far as each level lets the attacker, for every model of the zoo that reads such films: children of
`kermany-224/test`, or the phantom mammograms of the model cards.

The attack is the one of the model cards. An attacker who may change more may also change less, so each film keeps the
worst score found up to a level. Points that are there already, on the same films and weights, are not measured again.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit
from torch import nn

import models
from evidence.comparison import COMMAND, RESULTS
from evidence.files import begun, keep
from evidence.lines import line, numbered, numbers
from measures import auc, share
from training import PGD_STEPS, data
from training.commands import command_line
from training.data import Cohort
from training.mammograms.recipe import phantoms
from training.scores import attacked_scores, scores

LEVELS = {"chest": (0, 0.5, 1, 2, 4, 8), "mammogram": (0, 0.125, 0.25, 0.5, 1, 2)}  # grey levels of 255
SETS = {"chest": "kermany-224/test", "mammogram": "digital phantoms"}
DIGITS = 3  # of a stored score


def main() -> None:
    """The command line."""
    parser = command_line(__doc__, data=True)
    parser.add_argument("--films", type=int, help="test films, drawn evenly; else all")
    parser.add_argument("--kind", choices=list(SETS), default="chest", help="of film")
    options = parser.parse_args()
    whole = phantoms("test") if options.kind == "mammogram" else data.kermany(data.data_root(options.data), "test")
    ids = [id for id in models.ids() if models.card(id).modality == options.kind]
    measure(whole.evenly(options.films or None), ids, options.kind, RESULTS[options.kind])


def measure(cohort: Cohort, ids: Sequence[str], kind: str, path: Path) -> None:
    """Measure what is missing and store each point as soon as it is known."""
    told = {
        "made_by": f"{COMMAND} --kind {kind} --films {len(cohort)}",
        "set": SETS[kind],
        "attack": f"PGD on the margin, {PGD_STEPS} steps, white box",
        "labels": line(cohort.labels),
        "people": line(numbered(cohort.people)),
    }
    stored = begun(path)
    same = {name: stored.get(name) for name in told} == told
    rows = stored["rows"] if same else []
    for id in ids:
        model = models.load(id)
        rows = [row for row in rows if row["model"] != id or row["sha256"] == model.card.sha256]
        worst: NDArray[np.float64] | None = None
        for level in LEVELS[kind]:
            known = next((row for row in rows if (row["model"], row["level"]) == (id, level)), None)
            if known is not None:
                worst = numbers(known["scores"], float)
                continue
            worst = _pushed(model, cohort, level, worst)
            rows.append({"model": id, "sha256": model.card.sha256, "level": level} | figures(model, cohort, worst))
            keep(path, told | {"rows": rows})
            print(id, level, rows[-1]["accuracy"], flush=True)


def _pushed(model: nn.Module, cohort: Cohort, level: float, before: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """The worst score of each film up to a level, `[n]`; `before` are those of the level below."""
    now = attacked_scores(model, cohort, level / 255) if level else scores(model, cohort)
    if before is not None:
        now = np.where(cohort.labels == 1, np.minimum(now, before), np.maximum(now, before))
    return np.round(now, DIGITS)


def figures(model: nn.Module, cohort: Cohort, margins: NDArray[np.float64]) -> dict[str, Any]:
    """What the scores amount to at the model's operating point, for the results."""
    diseased, called = cohort.labels == 1, margins >= logit(model.card.operating_point)
    wrong = called != diseased

    def right(among: NDArray[np.bool_]) -> dict[str, float]:
        return share(~wrong[among], cohort.people[among]).as_dict()

    return {
        "accuracy": right(np.ones_like(diseased)),
        "sensitivity": right(diseased),
        "specificity": right(~diseased),
        "auc": auc(cohort.labels, margins, cohort.people).as_dict(),
        "wrong": line(wrong.astype(int)),
        "scores": line(margins),
    }


if __name__ == "__main__":
    main()
