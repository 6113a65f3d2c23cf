"""How many decisions an attacker must ask for until a film within 8 grey levels is read wrongly, ours against ART's.

`python -m benchmarks.decision_queries --films 20` writes `benchmarks/results/decision_queries.json`, for films of
`kermany-224/test` at their own size. All are given the same film that is read otherwise, and one counter stands before
the model: it stops at the first question about a film that lies within the limit in L∞ and is read wrongly. An attack
that never gets there counts with all its questions. Each film is kept under `runs/` once it is measured; the same
command goes on where it was cut off.
"""

from __future__ import annotations

import argparse
import contextlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from art.attacks.evasion import HopSkipJump
from art.estimators.classification import PyTorchClassifier
from torch import Tensor, nn

import models
from benchmarks.ledger import Ledger
from benchmarks.measure import GREY, decision, machine, read_otherwise, settings, shuffled_films
from benchmarks.pairing import median
from robustness import REGISTRY, ThreatModel

RESULTS = Path(__file__).parent / "results" / "decision_queries.json"
BARS = {"ratio": 0.5}
PART = "films"
OURS = ("rays", "hop_skip_jump")
CLOSE = 1e-5


class Over(Exception):  # noqa: N818 – an end, not an error
    """The limit was reached, or the questions are used up."""


class Counter(nn.Module):
    """Answers with the decision alone, and counts; `found`: number of the first question that reached the limit."""

    def __init__(self, model: nn.Module, film: Tensor, label: Tensor, epsilon: float, most: int) -> None:
        super().__init__()
        self.model, self.film, self.label, self.epsilon, self.most = model, film, label, epsilon, most
        self.asked, self.found = 0, None

    def forward(self, shown: Tensor) -> Tensor:
        shown = shown.float()  # ART asks in double precision
        with torch.no_grad():
            answers = decision(self.model, shown)
        near = (shown - self.film).abs().flatten(1).amax(1) <= self.epsilon + CLOSE
        hits = (near & (answers != self.label)).nonzero()[:, 0]
        if len(hits):
            self.found = self.asked + int(hits[0]) + 1
        self.asked += len(shown)
        if self.found is not None or self.asked >= self.most:
            raise Over
        return nn.functional.one_hot(answers, len(self.model.card.classes)).to(shown)


def main() -> None:
    """Measure, print and write."""
    arguments = _arguments()
    model = models.load(arguments.model, "cpu")
    films, starts = shuffled_films(arguments.films).as_read(model), read_otherwise(model)
    rules = {"epsilon": arguments.epsilon, "most": arguments.most}
    ledger = Ledger("decision_queries", settings(arguments.model, **rules))
    for names in ledger.pending(PART, films.names, 1):
        film, label = films.take(names)
        start, queries = starts[int(label)], {}
        for name, attack in ({name: _ours(name, start) for name in OURS} | {"ART": _art(start)}).items():
            counter = Counter(model, film, label, arguments.epsilon / GREY, arguments.most)
            with contextlib.suppress(Over):
                attack(counter, film, label, arguments.most)
            queries[name] = counter.found
        ledger.add(PART, names, queries=queries)
        print(names[0], queries, flush=True)
    found = summed([batch["queries"] for batch in ledger.of(PART)], arguments.most)
    options = f"--films {len(found['queries']['ART'])} --most {arguments.most}"
    about = {"made_by": f"python -m benchmarks.decision_queries {options}", "machine": machine(), "bars": BARS}
    text = json.dumps(about | {"model": arguments.model} | rules | found, indent=1)
    print(text)
    arguments.out.write_text(text + "\n", encoding="utf-8")


def summed(films: Sequence[dict[str, int | None]], most: int) -> dict[str, object]:
    """Queries of each attack, film by film, and ours over ART's; a film that was not reached counts with `most`."""
    asked = {name: [film[name] for film in films] for name in films[0]}
    capped = {name: [value or most for value in values] for name, values in asked.items()}
    return {
        "queries": asked,
        "reached": {name: sum(value is not None for value in values) for name, values in asked.items()},
        "median": {name: median(values).as_dict() for name, values in capped.items()},
        "ratio": {name: _ratio(capped[name], capped["ART"]) for name in OURS},
    }


def _ratio(ours: Sequence[int], theirs: Sequence[int]) -> dict[str, float]:
    return median([mine / peer for mine, peer in zip(ours, theirs, strict=True)]).as_dict()


def _ours(name: str, start: Tensor) -> Callable[[Counter, Tensor, Tensor, int], object]:
    def attack(counter: Counter, film: Tensor, label: Tensor, most: int) -> object:
        threat = ThreatModel(epsilon=counter.epsilon)
        return REGISTRY[name](counter, film, label, threat, seed=0, queries=most, start=start)

    return attack


def _art(start: Tensor) -> Callable[[Counter, Tensor, Tensor, int], object]:
    def attack(counter: Counter, film: Tensor, label: Tensor, most: int) -> object:
        classes = len(counter.model.card.classes)
        judged = PyTorchClassifier(counter, nn.CrossEntropyLoss(), film.shape[1:], classes, clip_values=(0.0, 1.0))
        np.random.seed(0)  # noqa: NPY002 – the peer draws from the old generator
        peer = HopSkipJump(judged, norm=np.inf, max_iter=most, verbose=False)
        return peer.generate(film.numpy(), x_adv_init=start.numpy())

    return attack


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="chest-undefended", help="id in the zoo")
    parser.add_argument("--films", type=int, default=20, help="films to reach; those measured before count")
    parser.add_argument("--epsilon", type=float, default=8.0, help="grey levels of 255")
    parser.add_argument("--most", type=int, default=5000, help="questions after which an attack gives up")
    parser.add_argument("--out", type=Path, default=RESULTS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
