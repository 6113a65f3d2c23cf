"""The Square attack beside torchattacks': as many questions about a film, how many films flip?

`python -m benchmarks.score_queries --films 100` writes `benchmarks/results/score_queries.json`, for films of
`kermany-224/test` at their own size. Ours asks about the untouched film first, so it paints with one question less.
Batches are kept under `runs/`; the same command goes on where it was cut off.
"""

from __future__ import annotations

from pathlib import Path

from torch import Tensor, nn

import models
from benchmarks.compare import Attack, against, fill, parser, write
from benchmarks.ledger import Ledger
from benchmarks.measure import GREY, settings, shuffled_films
from benchmarks.peers import square
from robustness import REGISTRY, ThreatModel

RESULTS = Path(__file__).parent / "results" / "score_queries.json"
BARS = {"difference": 0.0}


def main() -> None:
    """Measure, print and write."""
    given = parser(__doc__, RESULTS, films=100, epsilons=(8,))
    given.add_argument("--questions", type=int, default=500)
    arguments = given.parse_args()
    films, rules = shuffled_films(arguments.films), {"questions": arguments.questions}
    parts = []
    for id in arguments.models:
        model = models.load(id, "cpu")
        ledger, read = Ledger("score_queries", settings(id, batch=arguments.batch, **rules)), films.as_read(model)
        for level in arguments.epsilons:
            epsilon, part = level / GREY, f"{id}, epsilon {level:g}"
            attacks = {"ours": ours(model, epsilon, **rules), "theirs": square(model, epsilon, **rules)}
            fill(ledger, part, model, read, attacks, epsilon, arguments.batch)
            parts.append({"model": id, "epsilon": level} | against(ledger.of(part), "ours", "theirs"))
    write(arguments.out, f"score_queries --questions {arguments.questions}", parts, bars=BARS, rules=rules)


def ours(model: nn.Module, epsilon: float, *, questions: int) -> Attack:
    """Ours, asking `questions` times about a film that holds."""

    def attack(films: Tensor, labels: Tensor) -> Tensor:
        threat = ThreatModel(epsilon=epsilon)
        return REGISTRY["square"](model, films, labels, threat, seed=0, steps=questions - 1).images

    return attack


if __name__ == "__main__":
    main()
