"""What the commands of this room measured, as a page reads it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evidence.files import read
from measures import Estimate

RESULTS = Path(__file__).parent / "results"
READINGS = RESULTS / "cross_reading.json"
CONTRASTS = RESULTS / "conspicuity.json"


@dataclass(frozen=True)
class Spread:
    """A measure over `n` films."""

    mean: float
    sd: float
    n: int


@dataclass(frozen=True)
class Realism:
    """How drawn films of one modality compare with real ones.

    `told_apart`: whose films → classifier → AUC of telling drawn from real ones (0.5: not at all) · `beside`: set →
    measure → (real, drawn) · `readings`: what a model was trained on → whose films it reads → AUC of its reading, of
    chests · `contrasts`: sign → how far cancers stand out, in women and drawn, of breasts · `made_by`: the commands.
    """

    told_apart: dict[str, dict[str, Estimate]]
    beside: dict[str, dict[str, tuple[Spread, Spread]]]
    readings: dict[str, dict[str, Estimate]]
    contrasts: dict[str, tuple[Spread, Spread]]
    made_by: tuple[str, ...]


def load(modality: str, folder: Path = RESULTS) -> Realism:
    """Of `"chest"` or `"mammogram"`. Raises `FileNotFoundError` before the commands have run."""
    films = read(folder / f"{modality}.json")
    seen = read(folder / {"chest": READINGS, "mammogram": CONTRASTS}[modality].name)
    commands = films["made_by"], seen.pop("made_by")
    return Realism(
        {name: _estimates(tests) for name, tests in films["told_apart"].items()},
        {name: _pairs(own) for name, own in films["sets"].items()},
        {name: _estimates(cohorts) for name, cohorts in seen.items()} if modality == "chest" else {},
        _pairs(seen) if modality == "mammogram" else {},
        commands,
    )


def _estimates(stored: dict[str, dict[str, Any]]) -> dict[str, Estimate]:
    fields = ("value", "low", "high", "n")  # one of the classifiers stores its weights beside them
    return {name: Estimate(*(found[field] for field in fields)) for name, found in stored.items()}


def _pairs(stored: dict[str, dict[str, Any]]) -> dict[str, tuple[Spread, Spread]]:
    return {name: _pair(kinds) for name, kinds in stored.items()}


def _pair(kinds: dict[str, dict[str, Any]]) -> tuple[Spread, Spread]:
    real, drawn = (Spread(**found) for found in kinds.values())
    return real, drawn
