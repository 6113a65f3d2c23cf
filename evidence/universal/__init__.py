"""Noises for everyone that were learned before, for when nobody can wait: `python -m evidence.universal`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from evidence.files import read
from evidence.shipped import shipped
from measures import Estimate

if TYPE_CHECKING:
    from robustness import Universal

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.json"
COMMAND = "python -m evidence.universal"
EPSILON = 8.0  # grey levels of 255
STEPS = 127  # of a stored noise, from no change to the largest: finer than a film's grey levels


def known(model: str, goal: str | None, epsilon: float, path: Path = RESULTS) -> dict[str, Any] | None:
    """What is stored of a noise, if it was learned on the weights that the zoo holds now. Needs no torch."""
    if not path.is_file():
        return None
    wish = {"model": model, "goal": goal, "epsilon": epsilon}
    rows = shipped(read(path)["rows"])
    return next((row for row in rows if row | wish == row), None)


def load(model: str, goal: str | None, epsilon: float, path: Path = RESULTS) -> Universal:
    """A stored noise. Raises `ValueError` where there is none for this model and wish."""
    import torch

    from robustness import Universal
    from robustness.threat import GREY

    row = known(model, goal, epsilon, path)
    if row is None:
        raise ValueError("There is no noise learned before for this model and wish; let it be learned now.")
    picture = np.asarray(Image.open(path.parent / row["noise"]), np.float32)
    noise = torch.from_numpy((picture - STEPS - 1) / STEPS * (epsilon / GREY))[None, None]
    return Universal(noise, epsilon / GREY, Estimate(**row["flipped"]), row["seconds"], row["seed"], stopped=False)


def keep(found: Universal, path: Path) -> None:
    """Store a noise as a picture: middle grey is no change."""
    points = (found.noise[0, 0] / found.epsilon).clamp(-1, 1).cpu().numpy()
    Image.fromarray((STEPS + 1 + points * STEPS).round().astype(np.uint8)).save(path, optimize=True)
