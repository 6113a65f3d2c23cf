"""How many decisions an attacker must ask for until a film within 8 grey levels is read wrongly, ours against ART's.

`python -m benchmarks.decision_queries --films 6` writes `benchmarks/results/decision_queries.json`. Both begin at the
same film of the other class, and one counter stands before the model: it stops at the first question about a film
that lies within the limit in L∞ and is read wrongly. An attack that never gets there
counts with all its questions. Needs adversarial-robustness-toolbox.
"""

from __future__ import annotations

import argparse
import contextlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from art.attacks.evasion import HopSkipJump
from art.estimators.classification import PyTorchClassifier
from torch import Tensor, nn

import models
from benchmarks.measure import GREY, decision, films, summary
from robustness import REGISTRY, ThreatModel

RESULTS = Path(__file__).parent / "results" / "decision_queries.json"
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
    pictures = films(arguments.films)
    labels = torch.cat([decision(model, film[None]) for film in pictures])
    asked: dict[str, list[int | None]] = {"ours": [], "ours, no start given": [], "ART": []}
    for film, label in zip(pictures.split(1), labels.split(1), strict=True):
        start = pictures[(labels != label).nonzero()[0]]
        for name, attack in (("ours", _ours(start)), ("ours, no start given", _ours(None)), ("ART", _art(start))):
            counter = Counter(model, film, label, arguments.epsilon / GREY, arguments.most)
            with contextlib.suppress(Over):
                attack(counter, film, label, arguments.most)
            asked[name].append(counter.found)
        print({name: values[-1] for name, values in asked.items()}, flush=True)
    capped = [[value or arguments.most for value in asked[name]] for name in ("ours", "ART")]
    found = {
        "model": arguments.model,
        "epsilon": arguments.epsilon,
        "most": arguments.most,
        "bars": {"ratio": 0.5},
        "queries": asked,
        "reached": {name: sum(value is not None for value in values) for name, values in asked.items()},
        "ratio": summary([ours / theirs for ours, theirs in zip(*capped, strict=True)]),
    }
    print(json.dumps(found, indent=1))
    arguments.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _ours(start: Tensor | None) -> Callable[[Counter, Tensor, Tensor, int], object]:
    def attack(counter: Counter, film: Tensor, label: Tensor, most: int) -> object:
        threat = ThreatModel(epsilon=counter.epsilon)
        return REGISTRY["hop_skip_jump"](counter, film, label, threat, seed=0, queries=most, start=start)

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
    parser.add_argument("--films", type=int, default=6)
    parser.add_argument("--epsilon", type=float, default=8.0, help="grey levels of 255")
    parser.add_argument("--most", type=int, default=1000, help="questions after which an attack gives up")
    parser.add_argument("--out", type=Path, default=RESULTS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
