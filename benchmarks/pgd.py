"""Projected gradient descent beside the peers': same loss, steps, step size and start, so the same films should flip.

`python -m benchmarks.pgd --films 200` writes `benchmarks/results/pgd.json`: ours with every step, with early stop (a
film is left once it flips) and with early stop that also leaves a film whose pace tells that it will not flip in time,
against torchattacks, foolbox and ART, on films of `kermany-224/test` at their own size. All climb the cross entropy
from the film itself. Batches are kept under `runs/`; the same command goes on where it was cut off.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from torch import Tensor, nn

import models
from benchmarks.compare import against, fill, parser, write
from benchmarks.ledger import Ledger
from benchmarks.measure import GREY, settings, shuffled_films
from benchmarks.peers import projected_gradient_descent
from robustness import REGISTRY, ThreatModel

RESULTS = Path(__file__).parent / "results" / "pgd.json"
BARS = {"difference": 0.005, "time_ratio": 1 / 3}
PEERS = ("torchattacks", "foolbox", "ART")
SHARE = 0.1  # of epsilon: one step


def main() -> None:
    """Measure, print and write."""
    given = parser(__doc__, RESULTS, films=200, epsilons=(2, 4))
    given.add_argument("--steps", type=int, default=40)
    arguments = given.parse_args()
    films, rules = shuffled_films(arguments.films), {"steps": arguments.steps}
    parts = []
    for id in arguments.models:
        model = models.load(id, "cpu")
        ledger, read = Ledger("pgd", settings(id, batch=arguments.batch, **rules)), films.as_read(model)
        for level in arguments.epsilons:
            options = {"steps": arguments.steps, "step_size": SHARE * level / GREY}
            run = partial(ours, model, epsilon=level / GREY, **options)
            attacks = {
                "ours": partial(run, early_stop=False),
                "ours, until the flip": partial(run, early_stop=True),
                "ours, early stop": partial(run, early_stop=True, give_up=True),
            }
            attacks |= projected_gradient_descent(model, level / GREY, **options)
            part = f"{id}, epsilon {level:g}"
            fill(ledger, part, model, read, attacks, level / GREY, arguments.batch)
            for peer in PEERS:
                stopped = against(ledger.of(part), "ours, early stop", peer)
                row = {"model": id, "epsilon": level, "peer": peer} | stopped
                for ratio, ours_ in (("every_step", "ours"), ("until_the_flip", "ours, until the flip")):
                    row[f"time_ratio_{ratio}"] = against(ledger.of(part), ours_, peer)["time_ratio"]
                parts.append(row)
    write(arguments.out, f"pgd --steps {arguments.steps}", parts, bars=BARS, rules=rules)


def ours(
    model: nn.Module,
    films: Tensor,
    labels: Tensor,
    *,
    epsilon: float,
    steps: int,
    step_size: float,
    **stops: bool,
) -> Tensor:
    """Ours, as the peers have it: equal steps up the cross entropy from the film itself. `stops`: when it may end."""
    options = {"schedule": "constant", "loss": "cross_entropy", "steps": steps, "step_size": step_size}
    threat = ThreatModel(epsilon=epsilon)
    return REGISTRY["pgd"](model, films, labels, threat, seed=0, **options, **stops).images


if __name__ == "__main__":
    main()
