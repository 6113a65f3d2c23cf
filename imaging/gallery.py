"""Twenty chests and sixteen mammograms, ready without a download. `python -m imaging.gallery` draws every file again.

All of it comes from one hand-written table, `cases/cases.json`: the words shown with a case and the recipe of its
phantom. Another set of cases is another table.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from imaging.phantoms import Phantom

FOLDER = Path(__file__).parent / "cases"
TABLE = FOLDER / "cases.json"
SIZES = {"chest": (768, 768), "mammogram": (1024, 768)}  # rows and columns
DISEASE = {"chest": "pneumonia", "mammogram": "suspicious"}
THUMBNAIL = 160


@dataclass(frozen=True)
class Case:
    """One case of the gallery. `label` is "normal", or "pneumonia" or "suspicious"; `title` gives none away.

    `modality` "chest" or "mammogram", `path` the DICOM file, `thumbnail` a small JPEG, `age` in years, `sex` "F" or
    "M", `view` "PA", "AP", "CC" or "MLO"; `laterality` "L" or "R" and `density` "a" to "d" of a breast, else None.
    """

    id: str
    modality: str
    title: str
    history: str
    look_for: str
    label: str
    path: Path
    thumbnail: Path
    age: float
    sex: str
    view: str
    laterality: str | None = None
    density: str | None = None

    def lesion_mask(self) -> np.ndarray | None:
        """Where the disease shows, bool `[H, W]` in the file's pixels; None in a normal case."""
        mask = self.path.with_suffix(".mask.png")
        return np.asarray(Image.open(mask)) > 0 if mask.exists() else None


def cases() -> tuple[Case, ...]:
    """All bundled cases in the order of the table. Reads the table alone, no image."""
    return tuple(_case(row) for row in json.loads(TABLE.read_text(encoding="utf-8")))


def _case(row: dict[str, Any]) -> Case:
    recipe, modality = row["phantom"], _modality(row)
    return Case(
        id=row["id"],
        modality=modality,
        title=row["title"],
        history=row["history"],
        look_for=row["look_for"],
        label="normal" if recipe["lesion"] is None else DISEASE[modality],
        path=FOLDER / f"{row['id']}.dcm",
        thumbnail=FOLDER / f"{row['id']}.jpg",
        age=recipe["age"],
        sex=recipe.get("sex", "F"),
        view=recipe["view"],
        laterality=recipe.get("laterality"),
        density=recipe.get("density"),
    )


def _modality(row: dict[str, Any]) -> str:
    """The first word of an id: "mammogram-07" is a mammogram."""
    return row["id"].split("-")[0]


def draw(row: dict[str, Any]) -> Phantom:
    """The phantom of one row of the table, as large as `SIZES` says."""
    from imaging import phantoms  # scipy takes a moment to load, and a reader of the table does not need it

    recipe, modality = dict(row["phantom"]), _modality(row)
    make = phantoms.chest if modality == "chest" else phantoms.mammogram
    return make(recipe.pop("seed"), size=SIZES[modality][0], variants=tuple(recipe.pop("variants")), **recipe)


def build(folder: Path = FOLDER, only: str | None = None) -> None:
    """Writes DICOM, mask and thumbnail of every case (or of the case with id `only`) into `folder`."""
    from imaging import phantoms

    for row in json.loads(TABLE.read_text(encoding="utf-8")):
        if only in (None, row["id"]):
            phantom = draw(row)
            phantoms.write_dicom(phantom, folder / f"{row['id']}.dcm")
            if phantom.lesion:
                Image.fromarray(phantom.mask).save(folder / f"{row['id']}.mask.png", optimize=True)
            small = Image.fromarray((phantom.pixels * 255).astype(np.uint8))
            wide = THUMBNAIL * small.width // small.height
            small.resize((wide, THUMBNAIL)).save(folder / f"{row['id']}.jpg", quality=82, optimize=True)


if __name__ == "__main__":
    build()
