"""The smallest change that each minimum-norm attack finds, ours against foolbox's, on the same films in one run.

`python -m benchmarks.minimum_norm --films 6` writes `benchmarks/results/minimum_norm.json`: for each norm and attack
the median size in grey levels of 255 (root mean square in L2), how many films it flips, and its processor time a film.
`smallest` is `smallest_epsilon`, which rounds its answer up to its resolution; `fmn, its time` is FMN with as many
steps as fit into the time that `smallest` took.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import foolbox
import numpy as np
from torch import Tensor, nn

import models
from benchmarks.measure import GREY, decision, films
from benchmarks.peers import Decided
from robustness import REGISTRY, ThreatModel, smallest_epsilon

RESULTS = Path(__file__).parent / "results" / "minimum_norm.json"
Attack = Callable[[nn.Module, Tensor, Tensor], Tensor]


def main() -> None:
    """Measure, print and write."""
    arguments = _arguments()
    model = models.load(arguments.model, "cpu")
    pictures = films(arguments.films)
    found = {"model": arguments.model, "films": len(pictures), "ceiling": arguments.ceiling, "steps": arguments.steps}
    for norm in ("linf", "l2"):
        found[norm] = _compare(model, pictures, norm, arguments.steps, arguments.ceiling / GREY)
    print(json.dumps(found, indent=1))
    arguments.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _compare(model: nn.Module, pictures: Tensor, norm: str, steps: int, ceiling: float) -> dict[str, object]:
    attacks: dict[str, Attack] = {
        "smallest": partial(_smallest, norm=norm, ceiling=ceiling),
        "fmn": partial(_ours, name="fmn", norm=norm, ceiling=ceiling, steps=steps),
        "deepfool": partial(_ours, name="deepfool", norm=norm, ceiling=ceiling, early_stop=False, steps=steps),
    }
    if norm == "linf":
        attacks["foolbox FMN"] = partial(_peer, attack=foolbox.attacks.LInfFMNAttack(steps=steps))
    else:
        weights = {"steps": steps // 5, "constant": 1.0}
        attacks["carlini_wagner"] = partial(
            _ours, name="carlini_wagner", norm=norm, ceiling=ceiling, searches=5, **weights
        )
        attacks["foolbox C&W"] = partial(
            _peer,
            attack=foolbox.attacks.L2CarliniWagnerAttack(
                binary_search_steps=5, steps=steps // 5, initial_const=1.0, abort_early=False
            ),
        )
    rows: dict[str, list[tuple[float, float]]] = {name: [] for name in [*attacks, "fmn, its time"]}
    for film in pictures.split(1):
        label = decision(model, film)
        for name, attack in attacks.items():
            rows[name].append(_measured(model, film, label, norm, attack))
        fitting = max(1, round(steps * rows["smallest"][-1][1] / rows["fmn"][-1][1]))
        quick = partial(_ours, name="fmn", norm=norm, ceiling=ceiling, steps=fitting)
        rows["fmn, its time"].append(_measured(model, film, label, norm, quick))
    return {name: _summed(values) for name, values in rows.items()}


def _measured(model: nn.Module, film: Tensor, label: Tensor, norm: str, attack: Attack) -> tuple[float, float]:
    """Size of the change, infinite where the film does not flip, and processor seconds."""
    began = time.process_time()
    altered = attack(model, film, label)
    seconds = time.process_time() - began
    change = altered - film
    size = float(change.abs().max() if norm == "linf" else change.square().mean().sqrt()) * GREY
    return (size if bool(decision(model, altered) != label) else float("inf")), seconds


def _summed(values: list[tuple[float, float]]) -> dict[str, object]:
    sizes, seconds = np.array(values).T
    median = float(np.median(sizes))
    return {
        "median": round(median, 3) if np.isfinite(median) else None,
        "flipped": int(np.isfinite(sizes).sum()),
        "seconds": round(float(np.median(seconds)), 2),
        "sizes": [round(float(size), 3) if np.isfinite(size) else None for size in sizes],
    }


def _ours(
    model: nn.Module, film: Tensor, label: Tensor, *, name: str, norm: str, ceiling: float, **options: object
) -> Tensor:
    return REGISTRY[name](model, film, label, ThreatModel(norm=norm, epsilon=ceiling), seed=0, **options).images


def _smallest(model: nn.Module, film: Tensor, label: Tensor, *, norm: str, ceiling: float) -> Tensor:
    (result,) = smallest_epsilon(model, film, label, ThreatModel(norm=norm), seed=0, ceiling=ceiling)
    return result.image[None]


def _peer(model: nn.Module, film: Tensor, label: Tensor, *, attack: foolbox.attacks.base.Attack) -> Tensor:
    judged = foolbox.PyTorchModel(Decided(model), bounds=(0, 1), device="cpu")
    return attack.run(judged, film, foolbox.criteria.Misclassification(label)).detach()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="chest-undefended", help="id in the zoo")
    parser.add_argument("--films", type=int, default=6)
    parser.add_argument("--steps", type=int, default=100, help="gradients that each attack may ask for")
    parser.add_argument("--ceiling", type=float, default=64.0, help="grey levels of 255")
    parser.add_argument("--out", type=Path, default=RESULTS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
