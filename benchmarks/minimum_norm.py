"""The smallest change that each minimum-norm attack finds, ours against the peers', on the same films in one run.

`python -m benchmarks.minimum_norm --films 100` writes `benchmarks/results/minimum_norm.json`: for each norm and attack
the median size in grey levels of 255 (root mean square in L2), how many films it flips, and its processor time a film;
`against`: our sizes and times over a peer's, film by film. Films are those of `kermany-224/test` at their own size, and
each is kept under `runs/` once it is measured: the same command goes on where it was cut off.
`smallest` is `smallest_epsilon`, which rounds its answer up to its resolution; `fmn, its time` is FMN with as many
steps as fit into the time that `smallest` took. foolbox's Brendel & Bethge begins at a film that is read otherwise and
needs numba (`pip install -r benchmarks/requirements.txt`).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import foolbox
import numpy as np
from torch import Tensor, nn

import models
from benchmarks.ledger import Ledger
from benchmarks.measure import GREY, decision, machine, settings, shuffled_films
from benchmarks.pairing import median, paired_ratios
from benchmarks.peers import brendel_bethge, fab, foolbox_run
from robustness import REGISTRY, ThreatModel, smallest_epsilon
from robustness.smallest import FINER

RESULTS = Path(__file__).parent / "results" / "minimum_norm.json"
BARS = {"size_ratio": 1.02, "time_ratio": 1 / 3}
OURS = ("smallest", "fmn")
PEERS = {"linf": ("foolbox FMN", "foolbox Brendel & Bethge", "torchattacks FAB"), "l2": ("foolbox C&W",)}
Attack = Callable[[nn.Module, Tensor, Tensor], Tensor]


def main() -> None:
    """Measure, print and write."""
    arguments = _arguments()
    model = models.load(arguments.model, "cpu")
    films = shuffled_films(arguments.films).as_read(model)
    rules = {"ceiling": arguments.ceiling, "steps": arguments.steps, "resolution": FINER}
    ledger = Ledger("minimum_norm", settings(arguments.model, **rules))
    found: dict[str, Any] = {"machine": machine(), "bars": BARS, "model": arguments.model} | rules
    for norm in ("linf", "l2"):
        attacks = _attacks(model, norm, arguments.steps, arguments.ceiling / GREY)
        for names in ledger.pending(norm, films.names, 1):
            film, label = films.take(names)
            measured = {name: _measured(model, film, label, norm, attack) for name, attack in attacks.items()}
            fitting = max(1, round(arguments.steps * measured["smallest"][1] / measured["fmn"][1]))
            quick = partial(_ours, name="fmn", norm=norm, ceiling=arguments.ceiling / GREY, steps=fitting)
            measured["fmn, its time"] = _measured(model, film, label, norm, quick)
            ledger.add(norm, names, measured=measured)
            print(norm, names[0], measured, flush=True)
        found[norm] = summed([batch["measured"] for batch in ledger.of(norm)], PEERS[norm])
        found["films"] = len(ledger.of("linf"))
        found["made_by"] = f"python -m benchmarks.minimum_norm --steps {arguments.steps} --films {found['films']}"
        arguments.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _attacks(model: nn.Module, norm: str, steps: int, ceiling: float) -> dict[str, Attack]:
    attacks: dict[str, Attack] = {
        "smallest": partial(_smallest, norm=norm, ceiling=ceiling),
        "fmn": partial(_ours, name="fmn", norm=norm, ceiling=ceiling, steps=steps),
        "deepfool": partial(_ours, name="deepfool", norm=norm, ceiling=ceiling, early_stop=False, steps=steps),
    }
    if norm == "linf":
        attacks["foolbox FMN"] = partial(foolbox_run, attack=foolbox.attacks.LInfFMNAttack(steps=steps))
        attacks["foolbox Brendel & Bethge"] = brendel_bethge(model, steps)
        attacks["torchattacks FAB"] = partial(fab, steps=steps, ceiling=ceiling)
        return attacks
    weights = {"steps": steps // 5, "constant": 1.0}
    attacks["carlini_wagner"] = partial(_ours, name="carlini_wagner", norm=norm, ceiling=ceiling, searches=5, **weights)
    attacks["foolbox C&W"] = partial(
        foolbox_run,
        attack=foolbox.attacks.L2CarliniWagnerAttack(
            binary_search_steps=5, steps=steps // 5, initial_const=1.0, abort_early=False
        ),
    )
    return attacks


def summed(films: Sequence[dict[str, tuple[float | None, float]]], peers: Sequence[str]) -> dict[str, Any]:
    """Each attack over all films, then ours over the peers'. Of a film: size (None: not flipped) and seconds."""
    table = {
        name: [(np.inf if film[name][0] is None else film[name][0], film[name][1]) for film in films]
        for name in films[0]
    }
    rows: dict[str, Any] = {name: _row(values) for name, values in table.items()}
    rows["against"] = [
        {
            "ours": ours,
            "peer": peer,
            "size_ratio": median(
                paired_ratios(*([size for size, _ in table[name]] for name in (ours, peer)))
            ).as_dict(),
            "time_ratio": median([a / b for (_, a), (_, b) in zip(table[ours], table[peer], strict=True)]).as_dict(),
        }
        for ours in OURS
        for peer in peers
    ]
    return rows


def _measured(model: nn.Module, film: Tensor, label: Tensor, norm: str, attack: Attack) -> tuple[float | None, float]:
    """Size of the change, None where the film does not flip, and processor seconds."""
    began = time.process_time()
    altered = attack(model, film, label)
    seconds = time.process_time() - began
    change = altered - film
    size = float(change.abs().max() if norm == "linf" else change.square().mean().sqrt()) * GREY
    return (size if bool(decision(model, altered) != label) else None), seconds


def _row(values: list[tuple[float, float]]) -> dict[str, object]:
    sizes, seconds = np.array(values).T
    middle = float(np.median(sizes))
    return {
        "median": round(middle, 3) if np.isfinite(middle) else None,
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


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="chest-undefended", help="id in the zoo")
    parser.add_argument("--films", type=int, default=100, help="films to reach; those measured before count")
    parser.add_argument("--steps", type=int, default=100, help="gradients that each attack may ask for")
    parser.add_argument("--ceiling", type=float, default=64.0, help="grey levels of 255")
    parser.add_argument("--out", type=Path, default=RESULTS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
