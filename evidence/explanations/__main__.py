"""`python -m evidence.explanations [--cases 20]`: attacks each saliency map of the chest model on the bundled cases, in
both ways, and asks the other maps. Rows that are there already, of the same weights and films, are not measured
again.
"""

from __future__ import annotations

from typing import Any

from torch import nn

import imaging
import models
from evidence.explanations.results import COMMAND, EPSILON, RESULTS
from evidence.files import begun, keep
from evidence.shipped import of_cases, shipped
from imaging import Radiograph, gallery
from robustness import METHODS
from robustness.explanations import AIMS, attack_explanation, reason_of
from robustness.explanations.carrying import kept_too, moved_too, turned
from robustness.explanations.places import ZONES, zone
from training.commands import command_line

MODEL = "chest-undefended"


def main() -> None:
    """The command line."""
    parser = command_line(__doc__)
    cases = [case for case in gallery.cases() if case.modality == "chest"]
    parser.add_argument("--cases", type=int, default=len(cases), help="films, in the gallery's order")
    options = parser.parse_args()
    model = models.load(MODEL)
    told = {"made_by": f"{COMMAND} --cases {options.cases}", "epsilon": EPSILON}
    of = {"model": MODEL, "sha256": model.card.sha256}
    rows = of_cases(shipped(begun(RESULTS).get("rows", [])))
    known = {(row["case"], row["aim"], row["attacked"]) for row in rows}
    for number, case in enumerate(cases[: options.cases]):
        radiograph = imaging.read(case.path)
        for aim in AIMS:
            for method in METHODS:
                if (case.id, aim, method) in known:
                    continue
                place = list(ZONES)[number % len(ZONES)]
                rows.append(
                    {**of, "case": case.id, "film": radiograph.sha256, **carried(model, radiograph, aim, method, place)}
                )
                keep(RESULTS, told | {"rows": rows})
                print(rows[-1], flush=True)


def carried(model: nn.Module, radiograph: Radiograph, aim: str, method: str, place: str) -> dict[str, Any]:
    """Attack one map of a film; `place` is a name in `ZONES`, where it shall go."""
    where = zone(radiograph.pixels, place) if aim == "move" else None
    case = attack_explanation(model, radiograph, aim=aim, method=method, place=where, epsilon=EPSILON)
    maps = {}
    for name in METHODS:
        before = reason_of(model, radiograph, case.before, name)
        after = reason_of(model, case.radiograph, case.after, name)
        control = reason_of(model, case.control_radiograph, case.control, name)
        maps[name] = turned(before.map, after.map, control.map, where)
    words = {name: moved_too(map, maps[method]) if aim == "move" else kept_too(map) for name, map in maps.items()}
    return {"aim": aim, "attacked": method, "answered": case.answered, "words": words}


if __name__ == "__main__":
    main()
