"""A hospital's worth of drawn chest films, as small as a network sees them, so that tampering can be watched at once.

Three parts with different seeds: what an insider trains on, what the vendor validates on, what an auditor tests on.
All films lie in one picture, `ward/chest.webp`, tile by tile in the order of `ward/chest.csv`.
`python -m imaging.ward` draws them again, in the style of their day: whatever is known of models that were tampered
with is known of these films.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from imaging.people import People

FOLDER = Path(__file__).parent / "ward"
PARTS = {"training": (600, 7_000_011), "validation": (600, 7_000_012), "test": (800, 7_000_013)}  # films, seed
SIDE, ACROSS = 160, 50  # pixels of a film; films in a row of the picture
DRAWN = 256  # the side they are drawn at
QUALITY = 90
LESION = "focal pneumonia"  # what the ill have: places that a film of this size still shows
COLUMNS = ("part", "label", "age", "sex", "view", "seed")


@dataclass(frozen=True, eq=False)
class Ward(People):
    """Films uint8 `[n, 160, 160]` with, each `[n]`, `labels` (1 = pneumonia), `age` in years, `sex` "F" or "M" and
    `view` "AP" or "PA"."""

    films: np.ndarray
    labels: np.ndarray
    age: np.ndarray
    sex: np.ndarray
    view: np.ndarray


def joined(parts: Sequence[Ward]) -> Ward:
    """Several as one, in their order."""
    return Ward(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Ward)))


@cache
def ward(part: str) -> Ward:
    """One part of the bundled ward: `"training"`, `"validation"` or `"test"`; arrays are shared, do not write to them.

    Raises:
        ValueError: another part.
    """
    if part not in PARTS:
        raise ValueError(f"expected one of {', '.join(PARTS)}, got {part!r}")
    with (FOLDER / "chest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    picture = np.asarray(Image.open(FOLDER / "chest.webp").convert("L"))
    tiles = picture.reshape(-1, SIDE, ACROSS, SIDE).swapaxes(1, 2).reshape(-1, SIDE, SIDE)
    chosen = [place for place, row in enumerate(rows) if row["part"] == part]
    rows = [rows[place] for place in chosen]
    return Ward(
        tiles[chosen],
        np.array([int(row["label"]) for row in rows]),
        np.array([float(row["age"]) for row in rows]),
        np.array([row["sex"] for row in rows]),
        np.array([row["view"] for row in rows]),
    )


def build(folder: Path = FOLDER, parts: dict[str, tuple[int, int]] = PARTS) -> None:
    """Draw the parts and write picture and table into `folder`."""
    from imaging import phantoms

    people = [
        {"part": part, **person}
        for part, (n, seed) in parts.items()
        for person in phantoms.people(n, seed=seed, lesion=LESION)
    ]
    with ProcessPoolExecutor() as pool:
        films = list(pool.map(draw, people, chunksize=8))
    films += [np.zeros((SIDE, SIDE), np.uint8)] * (-len(films) % ACROSS)
    picture = np.stack(films).reshape(-1, ACROSS, SIDE, SIDE).swapaxes(1, 2).reshape(-1, ACROSS * SIDE)
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(folder / "chest.webp", quality=QUALITY, method=6)
    with (folder / "chest.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, extrasaction="ignore", lineterminator="\n")
        table.writeheader()
        table.writerows(person | {"label": int(person["lesion"] is not None)} for person in people)


def draw(person: dict[str, Any]) -> np.ndarray:
    """The film of one of `phantoms.people`, uint8 `[160, 160]`."""
    from imaging import phantoms

    about = {name: value for name, value in person.items() if name != "part"}
    drawn = phantoms.draw(about, modality="chest", size=DRAWN, style=phantoms.FIRST)
    film = Image.fromarray((255 * drawn.pixels).round().astype(np.uint8))
    return np.asarray(film.resize((SIDE, SIDE), Image.Resampling.BOX))


if __name__ == "__main__":
    build()
