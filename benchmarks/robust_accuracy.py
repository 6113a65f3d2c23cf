"""How many films are still read correctly under `strongest`, and under AutoAttack as torchattacks has it.

`python -m benchmarks.robust_accuracy --films 200` writes `benchmarks/results/robust_accuracy.json`: films of
`kermany-224/test` at their own size, both models of the chest, 1, 2 and 4 grey levels. Batches are kept under `runs/`:
the same command goes on where it was cut off, and with more films it adds those alone. `--questions` is the number of
Square's queries in both; `--steps` the steps of the peer's APGD and FAB (the paper's 100; torchattacks' own AutoAttack
takes 10). Which parts of AutoAttack work for two classes: `benchmarks.peers.auto_attack`.
"""

from __future__ import annotations

from pathlib import Path

from torch import Tensor, nn

import models
from benchmarks.compare import Attack, against, fill, lists, parser, write
from benchmarks.ledger import Ledger
from benchmarks.measure import GREY, settings, shuffled_films
from benchmarks.peers import auto_attack
from robustness import REGISTRY, ThreatModel

RESULTS = Path(__file__).parent / "results" / "robust_accuracy.json"
BARS = {"difference": 0.005, "time_ratio": 0.5}


def main() -> None:
    """Measure, print and write."""
    given = parser(__doc__, RESULTS, films=200, epsilons=(1, 2, 4))
    given.add_argument("--steps", type=int, default=100, help="of the peer's APGD and FAB")
    given.add_argument("--questions", type=int, default=500, help="of Square, in both")
    arguments = given.parse_args()
    films = shuffled_films(arguments.films)
    rules = {"steps": arguments.steps, "questions": arguments.questions}
    parts = []
    for id in arguments.models:
        model = models.load(id, "cpu")
        ledger = Ledger("robust_accuracy", settings(id, batch=arguments.batch, **rules))
        for level in arguments.epsilons:
            part = f"{id}, epsilon {level:g}"
            attacks = {
                "ours": _strongest(model, level / GREY, arguments.questions),
                "theirs": auto_attack(model, level / GREY, **rules),
            }
            fill(ledger, part, model, films, attacks, level / GREY, arguments.batch)
            batches = ledger.of(part)
            compared = against(batches, "ours", "theirs", held=True)
            parts.append({"model": id, "epsilon": level} | compared | lists(batches))
    command = f"robust_accuracy --steps {arguments.steps} --questions {arguments.questions}"
    write(arguments.out, command, parts, bars=BARS, rules=rules)


def _strongest(model: nn.Module, epsilon: float, questions: int) -> Attack:
    def attack(films: Tensor, labels: Tensor) -> Tensor:
        threat = ThreatModel(epsilon=epsilon)
        return REGISTRY["strongest"](model, films, labels, threat, seed=0, questions=questions).images

    return attack


if __name__ == "__main__":
    main()
