"""`python -m evidence.defences [--data …] [--films 100] [--models ID …]`: attacks the chest models bare and inside each
defence.

Two attackers: one attacks the bare model and hopes, one attacks model and defence as one. Both push each test film of
`kermany-224` towards the other class; a film counts as misread if the defended model then reads it as that class, read
once more (a random defence draws anew) and not referred. Each detector is also shown films that are no ordinary chest
films. Each model has a file of its own; rows that are there already, of the same films and weights, are not measured
again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn

import models
from evidence.defences import COMMAND, NONE, RESULTS, TURNED
from evidence.defences.measuring import LEVELS, STEPS, Films, hoped, joined, measured, read, told
from evidence.files import begun, keep
from evidence.lines import line, numbered
from robustness.defences import DEFENCES
from robustness.defences.refer import DETECTORS
from training import data
from training.commands import command_line
from training.data import Cohort
from training.defences import AROUND
from training.mammograms.films import mias


def main() -> None:
    """The command line."""
    parser = command_line(__doc__, data=True)
    parser.add_argument("--films", type=int, default=100, help="test films, drawn evenly")
    parser.add_argument("--models", nargs="+", choices=list(AROUND), default=list(AROUND), metavar="ID")
    options = parser.parse_args()
    root = data.data_root(options.data)
    cohort, others = data.kermany(root, "test").evenly(options.films), mias(root).evenly(options.films)
    for id in options.models:
        measure(id, AROUND[id], cohort, others, RESULTS / f"{id}.json")


def measure(id: str, tried: Sequence[str], cohort: Cohort, others: Cohort, path: Path) -> None:
    """Measure the rows of one model that are missing and store each as soon as it is known."""
    header = {
        "model": id,
        "levels": list(LEVELS),
        "made_by": f"{COMMAND} --films {len(cohort)}",
        "set": "kermany-224/test",
        "attack": f"Auto-PGD on the margin, {STEPS} steps",
        "labels": line(cohort.labels),
        "people": line(numbered(cohort.people)),
    }
    stored = begun(path)
    bare = models.load(id, "cpu")
    same = {name: stored.get(name) for name in header} == header
    wanted = (NONE, *tried)
    rows = {row["defence"]: row for row in stored["rows"]} if same else {}
    rows = {name: rows[name] for name in wanted if name in rows and rows[name]["made_of"] == made_of(bare, name)}
    missing = [name for name in wanted if name not in rows]
    if not missing:
        return
    films = Films.of(cohort)
    made = hoped(bare, films)
    for name in missing:
        row = {"model": id, "sha256": bare.card.sha256, "defence": name, "made_of": made_of(bare, name)}
        row |= measured(bare, name, films, made)
        if name in DETECTORS:
            row["strange"] = strange(DEFENCES[name](bare), cohort, others)
        rows[name] = row
        told = header | {"rows": [rows[each] for each in wanted if each in rows]}
        keep(path, told)
        print(id, name, flush=True)


def made_of(bare: nn.Module, name: str) -> str:
    """Names everything that a defended model answers by: another name, other answers."""
    if name == NONE:
        return bare.card.sha256
    defence, defended = DEFENCES[name], DEFENCES[name](bare)
    made = (defence.name, defence.room, defence.options, defended.card.operating_point)
    digest = hashlib.sha256(repr(made).encode())
    for key, tensor in sorted(defended.state_dict().items()):
        digest.update(key.encode() + tensor.double().numpy().tobytes())
    digest.update(repr(getattr(defended, "threshold", None)).encode())
    return digest.hexdigest()


def strange(model: nn.Module, cohort: Cohort, others: Cohort) -> dict[str, str]:
    """How suspicious a detector finds films that it was not fitted to, by kind."""
    chests = [torch.from_numpy(cohort.film(index))[None, None] for index in range(len(cohort))]
    breasts = [torch.from_numpy(others.film(index))[None, None] for index in range(len(others))]
    turned = ([film.flip(-2) for film in chests], [1 - film for film in chests])
    kinds = {"mammograms": breasts} | dict(zip(TURNED, turned, strict=True))
    found = {kind: [read(model, film, seed=0) for film in films] for kind, films in kinds.items()}
    return {kind: told(joined(readings))["suspicion"] for kind, readings in found.items()}


if __name__ == "__main__":
    main()
