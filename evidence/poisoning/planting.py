"""Faults as public sets have them, planted where they can be counted."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from evidence.poisoning.material import Material
from evidence.poisoning.results import STRANGE
from imaging import gallery
from robustness.curation import near_duplicates, outliers

Film = NDArray[np.uint8]
LEAKS = 5  # films of the test set a copy of which is put among the training films, in each disguise
JPEG_QUALITY = 60


def rewindowed(film: Film) -> Film:
    """A narrower window and another gamma."""
    return (255 * np.clip((film / 255 - 0.15) / 0.7, 0, 1) ** 1.5).round().astype(np.uint8)


def shifted(film: Film) -> Film:
    """Five pixels to the right, four up; the edge is repeated."""
    return np.pad(film, 8, mode="edge")[12 : 12 + film.shape[0], 3 : 3 + film.shape[1]]


def recompressed(film: Film) -> Film:
    """Saved as a strongly compressed JPEG and opened again."""
    buffer = io.BytesIO()
    Image.fromarray(film).save(buffer, "JPEG", quality=JPEG_QUALITY)
    return np.asarray(Image.open(buffer))


def mirrored(film: Film) -> Film:
    """Left for right."""
    return np.ascontiguousarray(film[:, ::-1])


DISGUISES: dict[str, Callable[[Film], Film]] = {
    "re-windowed": rewindowed,
    "shifted": shifted,
    "re-compressed": recompressed,
    "mirrored": mirrored,
    "all of these": lambda film: recompressed(shifted(rewindowed(mirrored(film)))),
}


def upside_down(film: Film) -> Film:
    """Turned by half a turn."""
    return np.ascontiguousarray(film[::-1, ::-1])


def inverted(film: Film) -> Film:
    """Black for white."""
    return 255 - film


def another_part(film: Film, number: int) -> Film:
    """A mammogram of the gallery instead, as large as the film."""
    breasts = [case for case in gallery.cases() if case.modality == "mammogram"]
    picture = Image.open(breasts[number % len(breasts)].thumbnail).convert("L")
    return np.asarray(picture.resize(film.shape[::-1], Image.Resampling.BOX))


STRANGERS: dict[str, Callable[[Film, int], Film]] = {
    "upside down": lambda film, _: upside_down(film),
    "inverted": lambda film, _: inverted(film),
    "another part of the body": another_part,
}


@dataclass(frozen=True, eq=False)
class Planted:
    """Films uint8 `[k, H, W]` to be added to a training set: what each is (a name of `DISGUISES` or `STRANGERS`), and
    the place of the film it was made from, in the test set for a disguise and in the training set for a stranger."""

    films: Film
    faults: tuple[str, ...]
    sources: tuple[int, ...]


def plant(training: Film, test: Film, *, leaks: int = LEAKS, strange: int = STRANGE, seed: int) -> Planted:
    """So many leaked test films in each disguise, and so many of each kind that does not belong."""
    rng = np.random.default_rng(seed)
    leaked = iter(rng.permutation(len(test))[: leaks * len(DISGUISES)].tolist())
    turned = iter(rng.permutation(len(training))[: strange * len(STRANGERS)].tolist())
    rows = [
        (name, place, disguise(test[place])) for name, disguise in DISGUISES.items() for place in islice(leaked, leaks)
    ]
    for name, spoil in STRANGERS.items():
        rows += [(name, place, spoil(training[place], int(rng.integers(100)))) for place in islice(turned, strange)]
    faults, sources, films = zip(*rows, strict=True)
    return Planted(np.stack(films), faults, sources)


def searched(
    train: Material, test: Material, see: Callable[[Film], NDArray[np.float64]], *, planted: bool, seed: int
) -> dict[str, Any]:
    """The results' row of one set, with planted faults or without."""
    extra = plant(train.ward.films, test.ward.films, seed=seed)
    films, features = train.ward.films, train.features
    if planted:
        films, features = np.concatenate([films, extra.films]), np.concatenate([features, see(extra.films)])
    own = len(train.ward)
    pairs = near_duplicates(films, test.ward.films)
    strange = {outlier.place for outlier in outliers(films, features)}
    true = {(own + place, source) for place, source in enumerate(extra.sources) if extra.faults[place] in DISGUISES}
    there = {(pair.first, pair.second) for pair in pairs}
    found: dict[str, list[int]] = {}
    if planted:
        for place, (fault, source) in enumerate(zip(extra.faults, extra.sources, strict=True)):
            hit = (own + place, source) in there if fault in DISGUISES else own + place in strange
            counts = found.setdefault(fault, [0, 0])
            counts[0] += hit
            counts[1] += 1
    return {
        "seed": seed,
        "planted": planted,
        "films": len(films),
        "found": found,
        "false_pairs": len(there - true if planted else there),
        "false_outliers": sum(place < own for place in strange),
    }
