"""Films to measure on, and fair ways to time and to sum up."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

import models
from robustness import Lattice
from robustness.threat import GREY

REPEATS = 3


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
    data = Path(os.environ.get("READING_ROOM_DATA", "../shared/data")) / "kermany-224" / "test"
    files = sorted(path for path in data.glob("*/*") if path.is_file())
    if not files:
        raise SystemExit(f"no films under {data}: set READING_ROOM_DATA")
    chosen = [files[round(place)] for place in np.linspace(0, len(files) - 1, count)]
    pictures = [np.asarray(Image.open(path).convert("L").resize((512, 512)), np.float32) / GREY for path in chosen]
    return torch.tensor(np.stack(pictures))[:, None]
