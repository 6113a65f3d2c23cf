"""Films to measure on, and fair ways to time and to sum up."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

import models
from robustness import Lattice
from robustness.threat import GREY

REPEATS = 3
SHUFFLE = 20260101
STARTS = 20  # films among which an attack that begins at another film finds one
PEERS = ("torchattacks", "foolbox", "adversarial-robustness-toolbox")


@dataclass(frozen=True, eq=False)
class Films:
    """Films by name, float32 `[n, 1, 224, 224]` as their files hold them, and int64 `[n]` answers to be lost."""

    names: list[str]
    images: Tensor
    labels: Tensor

    def take(self, names: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Images and labels of some of them."""
        rows = [self.names.index(name) for name in names]
        return self.images[rows], self.labels[rows]

    def as_read(self, model: nn.Module) -> Films:
        """The same films; the answers to be lost are the model's own, so that each success is a flip."""
        return replace(self, labels=torch.cat([decision(model, part) for part in self.images.split(32)]))


def bare(model: nn.Module, film: Tensor, times: int) -> None:
    for _ in range(times):
        leaf = film.clone().requires_grad_()
        logits = model(leaf)
        torch.autograd.grad((logits[:, 1] - logits[:, 0]).sum(), leaf)


def decision(model: nn.Module, film: Tensor) -> Tensor:
    with torch.no_grad():
        return models.decision_logits(model, model(film)).argmax(1)


def paired(first: Callable[[], object], second: Callable[[], object]) -> float:
    """Median ratio of processor time of two calls, alternating, after one of each that does not count."""
    ratios = []
    for count in range(REPEATS + 1):
        times = [time.process_time()]
        for call in (first, second):
            call()
            times.append(time.process_time())
        if count:
            ratios.append((times[1] - times[0]) / (times[2] - times[1]))
    return float(np.median(ratios))


def summary(values: list[float]) -> dict[str, float]:
    if not values:
        return {"n": 0}
    low, middle, high = (round(float(value), 4) for value in np.percentile(values, [0, 50, 100]))
    return {"n": len(values), "median": middle, "low": low, "high": high}


def snapped(films: Tensor, lattice: Lattice) -> list[Tensor]:
    return list(lattice.nearest(films).split(1))


def films(count: int) -> Tensor:
    """Films drawn evenly and enlarged, `[count, 1, 512, 512]`."""
    files = _files()
    chosen = [files[round(place)] for place in np.linspace(0, len(files) - 1, count)]
    pictures = [np.asarray(Image.open(path).convert("L").resize((512, 512)), np.float32) / GREY for path in chosen]
    return torch.tensor(np.stack(pictures))[:, None]


def shuffled_films(count: int) -> Films:
    """The first films of a fixed shuffle at their own size, with their true labels: more films go on where fewer end.

    The labels are places in the logits of a model whose classes are normal and pneumonia.
    """
    files = _files()
    order = np.random.default_rng(SHUFFLE).permutation(len(files))[:count]
    chosen = [files[place] for place in order]
    pictures = [np.asarray(Image.open(path).convert("L"), np.float32) / GREY for path in chosen]
    labels = torch.tensor([int(path.parent.name == "PNEUMONIA") for path in chosen])
    names = [f"{path.parent.name}/{path.name}" for path in chosen]
    return Films(names, torch.tensor(np.stack(pictures))[:, None], labels)


def read_otherwise(model: nn.Module) -> dict[int, Tensor]:
    """For each of two answers a film `[1, 1, 224, 224]` to which the model gives the other one."""
    films = shuffled_films(STARTS).as_read(model)
    return {answer: films.images[films.labels != answer][:1] for answer in (0, 1)}


def settings(*ids: str, **options: Any) -> dict[str, Any]:
    """What a figure hangs on: options, weights, versions of the peers. Another weight file is measured afresh."""
    weights = {id: models.card(id).sha256[:12] for id in ids}
    return {"set": "kermany-224/test", "models": weights, "peers": {name: version(name) for name in PEERS}} | options


def machine() -> dict[str, Any]:
    """On what the times were taken."""
    return {"processor": platform.machine(), "threads": torch.get_num_threads(), "torch": torch.__version__}


def _files() -> list[Path]:
    data = Path(os.environ.get("READING_ROOM_DATA", "../shared/data")) / "kermany-224" / "test"
    files = sorted(path for path in data.glob("*/*") if path.is_file())
    if not files:
        raise SystemExit(f"no films under {data}: set READING_ROOM_DATA")
    return files
