"""A training set as it arrives: poisoned, with a few common faults, and with what a search of it flags."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from evidence.poisoning.curating import Doubts, doubts
from evidence.poisoning.material import Material, joined
from evidence.poisoning.planting import DISGUISES, Film, Planted
from robustness.curation import manifest, near_duplicates, outliers, shared_patients

TABLE = "cases.csv"
COLUMNS = ("path", "label", "patient", "age", "sex", "view")
SAME_NAME = ("re-windowed", "shifted")  # leaked films that carry the test patient's name; the others a new one
POISON = "poisoned"


@dataclass(frozen=True, eq=False)
class Delivery:
    """`material`: films and labels as delivered · `patients` `[n]` · `truth` `[n]`: "" for a film that is as it should
    be, "poisoned", or the name of its fault."""

    material: Material
    patients: tuple[str, ...]
    truth: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.truth)


@dataclass(frozen=True)
class Flag:
    """A film of a delivery that the search doubts, and why, in words."""

    place: int
    reasons: tuple[str, ...]


def deliver(
    train: Material, altered: Material, poisoned: NDArray[np.int64], planted: Planted, test: Material, seen: Any
) -> Delivery:
    """Put a delivery together.

    Args:
        train: the set as it was published; `altered` the same after the films `poisoned` (places) were tampered with.
        planted: faults to be added, made from `train` and `test`; `seen` are their features `[k, channels]`.
    """
    sources = [
        (test if fault in DISGUISES else train).where(np.array([place]))
        for fault, place in zip(planted.faults, planted.sources, strict=True)
    ]
    added = joined(sources)
    added = Material(replace(added.ward, films=planted.films), seen)
    names = [name(fault, place, number) for number, (fault, place) in enumerate(_made(planted))]
    truth = [POISON if place in set(poisoned.tolist()) else "" for place in range(len(train.ward))]
    return Delivery(
        joined([altered, added]),
        (*patients("training", len(train.ward)), *names),
        (*truth, *planted.faults),
    )


def patients(part: str, n: int) -> tuple[str, ...]:
    """Made-up names, one a film."""
    return tuple(f"{part}-{place:04d}" for place in range(n))


def name(fault: str, place: int, number: int) -> str:
    """Whose film an added one claims to be."""
    return patients("test", place + 1)[place] if fault in SAME_NAME else f"added-{number:04d}"


def search(delivery: Delivery, test: Material, trusted: Material) -> tuple[tuple[Flag, ...], Doubts]:
    """Everything that curation has to say: films that do not belong or are there twice first, doubted labels last."""
    films, features = delivery.material.ward.films, delivery.material.features
    labels = delivery.material.ward.labels
    reasons: dict[int, list[str]] = {}
    for outlier in outliers(films, features):
        reasons.setdefault(outlier.place, []).append(f"Does not belong: far from all others by its {outlier.view}.")
    for places in shared_patients(delivery.patients, patients("test", len(test.ward))).values():
        for place in places:
            reasons.setdefault(place, []).append("The test set has a film of this patient too.")
    for pair in near_duplicates(films, test.ward.films):
        mirrored = ", mirrored" if pair.mirrored else ""
        reasons.setdefault(pair.first, []).append(f"Copy of test film {pair.second}{mirrored} ({pair.alike:.2f} of 1).")
    for pair in near_duplicates(films):
        reasons.setdefault(pair.second, []).append(f"Copy of film {pair.first} ({pair.alike:.2f} of 1).")
    found = doubts(features, labels, delivery.material, trusted)
    for film in found.unlike:
        alike = "pneumonias" if labels[film.place] else "normal films"
        words = f"Unlike the trusted {alike}, by {film.distance:.1f} spreads."
        reasons.setdefault(film.place, []).append(words)
    for doubt in found.labels:
        label = "pneumonia" if labels[doubt.place] else "normal"
        reasons.setdefault(doubt.place, []).append(f"Label doubted: {label} {100 * doubt.probability:.0f} % likely.")
    return tuple(Flag(place, tuple(words)) for place, words in reasons.items()), found


def files(delivery: Delivery, kept: NDArray[np.int64]) -> dict[str, bytes]:
    """The kept films as PNG, and their table, by name."""
    found = {path_of(place): _png(delivery.material.ward.films[place]) for place in kept.tolist()}
    return found | {TABLE: table(delivery, kept)}


def table(delivery: Delivery, kept: NDArray[np.int64]) -> bytes:
    """The list of the kept films, CSV in UTF-8."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    ward = delivery.material.ward
    for place in kept.tolist():
        about = (ward.labels[place], delivery.patients[place], ward.age[place], ward.sex[place], ward.view[place])
        rows.writerow((path_of(place), *about))
    return text.getvalue().encode()


def path_of(place: int) -> str:
    """Where a film lies in the set."""
    return f"films/{place:04d}.png"


def manifest_of(content: dict[str, bytes]) -> dict[str, Any]:
    """The manifest of a set of drawn films."""
    return manifest(
        content,
        name="drawn-chest-films",
        description="Drawn chest films of nobody (phantoms), with and without pneumonia, for education.",
        licence="https://www.apache.org/licenses/LICENSE-2.0",
        creator="Adversarial Reading Room",
        published="2026-01-01",
        url="https://example.org/drawn-chest-films",
        table=TABLE,
    )


def _made(planted: Planted) -> zip[tuple[str, int]]:
    return zip(planted.faults, planted.sources, strict=True)


def _png(film: Film) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(film).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
