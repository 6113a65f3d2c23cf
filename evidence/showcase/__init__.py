"""A case already attacked: ready files from `python -m evidence.showcase`, so that the first page is never empty."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from evidence.files import read

FOLDER = Path(__file__).parent
COMMAND = "python -m evidence.showcase"


@dataclass(frozen=True)
class Answer:
    """What a model said of the film."""

    prediction: str
    probability: float


@dataclass(frozen=True, eq=False)
class Attack:
    """One model before and after the attack on it. Changes in grey levels of 255; films and maps float32 `[H, W]`."""

    model: str
    title: str
    operating_point: float
    before: Answer
    after: Answer
    noise: Answer
    flipped: bool
    stopped: bool
    norm: str
    epsilon: float
    largest_change: float
    rms_change: float
    steps: int
    trace: tuple[float, ...]
    smallest: float | None  # None: the search found none up to its ceiling
    film: NDArray[np.float32] = field(repr=False)
    saliency_before: NDArray[np.float32] = field(repr=False)
    saliency_after: NDArray[np.float32] = field(repr=False)


@dataclass(frozen=True, eq=False)
class Showcase:
    """One bundled case and the same attack on each model of a pair, the undefended one first."""

    case: str
    title: str
    disease: str
    method: str
    film: NDArray[np.float32] = field(repr=False)
    attacks: tuple[Attack, ...] = ()


def case(folder: Path = FOLDER) -> str:
    """The id of the bundled case, without its films. Raises `FileNotFoundError` before the command has run."""
    return read(folder / "showcase.json")["case"]


def load(folder: Path = FOLDER) -> Showcase:
    """The stored case. Raises `FileNotFoundError` before the command has run."""
    told = read(folder / "showcase.json")
    attacks = tuple(
        Attack(
            **entry
            | {name: Answer(**entry[name]) for name in ("before", "after", "noise")}
            | {"trace": tuple(entry["trace"])}
            | {name: _plane(folder / entry[name]) for name in ("film", "saliency_before", "saliency_after")}
        )
        for entry in told["attacks"]
    )
    words = {name: told[name] for name in ("case", "title", "disease", "method")}
    return Showcase(**words, film=_plane(folder / told["film"]), attacks=attacks)


def _plane(path: Path) -> NDArray[np.float32]:
    stored = np.asarray(Image.open(path))
    return (stored / np.float32(65535 if stored.dtype != np.uint8 else 255)).astype(np.float32)
