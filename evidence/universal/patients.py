"""The patients of one noise for all: drawn ones whom it is learned on, and those it never sees. All are phantoms.

The bundled cases of a kind are too few to learn on and to judge by, so they are all kept for judging, and more
are drawn: from one seed, so that every session meets the same people.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import imaging
from imaging import Radiograph, gallery

SEED = 2017


@dataclass(frozen=True)
class Plan:
    """How a noise is learned and judged on one kind of film.

    Args:
        side: of the raster that the noise lives on, in points.
        rows: of a drawn film, in pixels.
        learned, unseen: drawn patients whom it is learned on, and whom it never sees.
        steps: batches of eight films.
    """

    side: int
    rows: int
    learned: int
    unseen: int
    steps: int


PLANS = {
    "chest": Plan(side=160, rows=256, learned=40, unseen=24, steps=64),
    "mammogram": Plan(side=320, rows=512, learned=32, unseen=16, steps=24),
}


@dataclass(frozen=True)
class Stranger:
    """A patient whom the noise never sees. `number` counts the drawn ones; a bundled case has its `case`."""

    kind: str
    title: str
    number: int = -1
    case: gallery.Case | None = None

    def film(self) -> Radiograph:
        """The patient's film."""
        return drawn(self.kind, self.number) if self.case is None else imaging.read(self.case.path)


def strangers(kind: str) -> tuple[Stranger, ...]:
    """Everyone of a kind that the noise is judged on: the bundled cases first. Draws nothing."""
    bundled = [Stranger(kind, case.title, case=case) for case in gallery.cases() if case.modality == kind]
    plan = PLANS[kind]
    more = [Stranger(kind, f"Drawn patient {n + 1}", number=plan.learned + n) for n in range(plan.unseen)]
    return (*bundled, *more)


@lru_cache(maxsize=256)
def drawn(kind: str, number: int) -> Radiograph:
    """The film of one drawn patient, as it was read from its DICOM file; drawn once in a process."""
    from imaging import phantoms

    phantom = phantoms.draw(_people(kind)[number], modality=kind, size=PLANS[kind].rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.dcm"
        phantoms.write_dicom(phantom, path)
        return imaging.read(path)


@lru_cache
def _people(kind: str) -> tuple[dict[str, Any], ...]:
    from imaging import phantoms

    lesion = "focal pneumonia" if kind == "chest" else None
    return tuple(phantoms.people(PLANS[kind].learned + PLANS[kind].unseen, seed=SEED, modality=kind, lesion=lesion))
