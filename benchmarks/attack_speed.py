"""How fast the attacks are, as ratios within one run on one machine.

`python -m benchmarks.attack_speed --model chest-undefended --films 20` writes `benchmarks/results/attack_speed.json`.
Films are X-rays of `kermany-224/test` (`READING_ROOM_DATA`, else `../shared/data`), as 8-bit files and as 12-bit ones.
`--model random` takes an untrained network with its border set beside each film, where no weights are at hand.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

import models
from benchmarks.measure import GREY, bare, decision, films, machine, paired, snapped, summary
from benchmarks.peers import foolbox_scan, torchattacks_scan
from robustness import REGISTRY, Lattice, Step, ThreatModel, smallest_epsilon

RESULTS = Path(__file__).parent / "results" / "attack_speed.json"
LATTICES = {"8 bit": Lattice(np.arange(256) / GREY), "12 bit": Lattice(np.arange(4096) / 4095)}
PEERS = {"foolbox LinfPGD, 40 steps": foolbox_scan, "torchattacks PGD, 10 steps": torchattacks_scan}


def main() -> None:
    """Measure, print and write."""
    arguments = _arguments()
    model = models.load(arguments.model, "cpu") if arguments.model != "random" else _random()
    pictures = films(arguments.films)
    found = {
        "model": arguments.model,
        "machine": machine(),
        "bars": {"until_flip": 1.05, "smallest_epsilon": round(1 / 3, 3), "watching": 1.03},
        "until_flip": _until_flip(model, pictures, arguments.epsilon),
        "watching": _watching(model, pictures[: max(1, len(pictures) // 4)]),
        "smallest_epsilon": {
            f"{levels}, against {peer}": _smallest(model, pictures[: arguments.searched], LATTICES[levels], scan)
            for levels in LATTICES
            for peer, scan in PEERS.items()
        },
    }
    text = json.dumps(found, indent=1)
    print(text)
    arguments.out.parent.mkdir(exist_ok=True)
    arguments.out.write_text(text + "\n", encoding="utf-8")


def _until_flip(model: nn.Module, pictures: Tensor, epsilon: float) -> dict[str, object]:
    """PGD until the first flip, over as many bare passes as it took steps, or readings (one more: the last look)."""
    steps, by_steps, by_readings = [], [], []
    threat = ThreatModel(epsilon=epsilon / GREY, lattice=LATTICES["12 bit"])
    for film in snapped(pictures, LATTICES["12 bit"]):
        label = decision(model, film)
        attack = partial(REGISTRY["pgd"], model, film, label, threat, seed=0, steps=40, early_stop=True)
        result = attack()
        taken = int(result.steps)
        if not bool(result.flipped) or not taken:
            continue
        ratio = paired(attack, partial(bare, model, film, taken))
        steps.append(taken)
        by_steps.append(ratio)
        by_readings.append(ratio * taken / (taken + 1))
    return {
        "epsilon": epsilon,
        "steps": summary(steps),
        "over_steps": summary(by_steps),
        "over_readings": summary(by_readings),
    }


def _watching(model: nn.Module, pictures: Tensor) -> dict[str, object]:
    """Twelve steps with the call for a watcher that does nothing, over twelve steps without one."""
    ratios = []
    threat = ThreatModel(epsilon=2 / GREY, lattice=LATTICES["12 bit"])
    for film in snapped(pictures, LATTICES["12 bit"]):
        label = decision(model, film)
        run = partial(REGISTRY["pgd"], model, film, label, threat, seed=0, steps=12, early_stop=False)
        ratios.append(paired(partial(run, on_step=_look), run))
    return summary(ratios)


def _look(step: Step) -> None:
    """A watcher that does nothing."""


def _smallest(
    model: nn.Module, pictures: Tensor, lattice: Lattice, scan: Callable[..., float | None]
) -> dict[str, object]:
    """The search over a scan of every epsilon from below at the same resolution; both end at the first flip."""
    ratios, ours, theirs = [], [], []
    for film in snapped(pictures, lattice):
        label = decision(model, film)
        began = time.process_time()
        (result,) = smallest_epsilon(model, film, label, ThreatModel(lattice=lattice), seed=0)
        between = time.process_time()
        if not result.found:
            continue
        scanned = scan(model, film, label, lattice, result.resolution)
        ratios.append((between - began) / (time.process_time() - between))
        ours.append(result.levels)
        theirs.append(math.inf if scanned is None else scanned)
    return {
        "time_ratio": summary(ratios),
        "levels_ours": summary(ours),
        "levels_theirs": summary([value for value in theirs if math.isfinite(value)]),
        "not_above_theirs": sum(a <= b + 1e-6 for a, b in zip(ours, theirs, strict=True)),
        "scan_found_none": sum(map(math.isinf, theirs)),
    }


def _random() -> nn.Module:
    torch.manual_seed(0)
    model = models.ChestNet().eval().requires_grad_(False)
    # A reading that hangs on a hair, as a trained one near its border: the mean film sits on it.
    with torch.no_grad():
        logits = model(films(4))
    model.head.bias.data -= logits.mean(0)
    return model


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="chest-undefended", help="id in the zoo, or random")
    parser.add_argument("--films", type=int, default=20)
    parser.add_argument("--searched", type=int, default=6, help="films for the comparison with scans, which are slow")
    parser.add_argument("--epsilon", type=float, default=2.0, help="grey levels of 255, for the attack until a flip")
    parser.add_argument("--out", type=Path, default=RESULTS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
