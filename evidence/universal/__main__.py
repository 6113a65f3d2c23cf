"""`python -m evidence.universal [--models ID …]`: learns a noise for each model of the zoo and its twin, once to hide
the disease and once to invent it, on the drawn patients of `evidence.universal.patients`. What is there already, on the
same weights, is not learned again.
"""

from __future__ import annotations

import models
from evidence import files
from evidence.shipped import shipped
from evidence.universal import COMMAND, EPSILON, FOLDER, RESULTS, keep, known
from evidence.universal.patients import PLANS, drawn
from robustness.universal import learn_on_radiographs
from training.commands import command_line


def main() -> None:
    """The command line."""
    pairs = [card.id for kind in PLANS for card in models.pair(kind)]
    parser = command_line(__doc__)
    parser.add_argument("--models", nargs="+", choices=pairs, default=pairs, metavar="ID", help=", ".join(pairs))
    for id in parser.parse_args().models:
        for goal in models.card(id).classes:
            if known(id, goal, EPSILON) is None:
                learn(id, goal)


def learn(id: str, goal: str) -> None:
    """Learn one noise and store it."""
    card = models.card(id)
    plan = PLANS[card.modality]
    films = [drawn(card.modality, number) for number in range(plan.learned)]
    options = {"epsilon": EPSILON, "goal": goal, "side": plan.side, "seed": 0, "steps": plan.steps}
    found = learn_on_radiographs(models.load(id), films, **options)
    picture = FOLDER / f"{id}-{goal}.png"
    keep(found, picture)
    stored = files.begun(RESULTS).get("rows", [])
    row = {
        "model": id,
        "sha256": card.sha256,
        "goal": goal,
        "epsilon": EPSILON,
        "seed": 0,
        "flipped": found.flipped.as_dict(),
        "seconds": round(found.seconds, 1),
        "noise": picture.name,
    }
    rows = [each for each in shipped(stored) if (each["model"], each["goal"]) != (id, goal)]
    files.keep(RESULTS, {"made_by": COMMAND, "rows": [*rows, row]})
    print(id, goal, row["flipped"], row["seconds"], flush=True)


if __name__ == "__main__":
    main()
