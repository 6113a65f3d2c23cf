"""Mammograms, real and drawn: the breast found, turned and cut out in the same way on both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from scipy import ndimage

from evidence.realism.films import SEED, Comparison, Films, picture
from imaging import phantoms
from training.data import MissingDataError

ROWS = 512  # of a phantom, and of a MIAS film once halved
SIDE = 256
DENSITIES = {"F": "ab", "G": "bc", "D": "cd"}  # fatty, glandular, dense in MIAS, as ACR BI-RADS may call it
AGE = (50, 65)  # years: whom the British screening programme invited when the films were taken


def mammograms(root: Path, n: int) -> tuple[Comparison, ...]:
    """MLO films of mini-MIAS, one of each woman, at most `n`, beside MLO phantoms of like density and label.

    MIAS is screen-film, halved here to 400 µm; phantoms are drawn as coarse. A film with a malignant lesion is matched
    by a phantom with a cancer; its benign lesions by whatever look-alikes the seed brings.
    """
    folder = root / "mias-1024"
    if not folder.is_dir():
        raise MissingDataError(f"no mias-1024 under {root}")
    rng = np.random.default_rng(SEED)
    table = pd.read_csv(folder / "labels_converted.csv").drop_duplicates("Name")
    table["woman"] = (table.Name.str[3:].astype(int) - 1) // 2
    chosen = table.iloc[rng.permutation(len(table))].drop_duplicates("woman").head(n)
    real, drawn = [], []
    for row in chosen.itertuples():
        real.append(breast(Image.open(folder / f"{row.Name}.png").convert("L")))
        phantom = phantoms.mammogram(
            int(rng.integers(2**40)),
            size=ROWS,
            view="MLO",
            age=float(rng.uniform(*AGE)),
            density=str(rng.choice(list(DENSITIES[row[2].strip()]))),
            lesion="cancer" if row.Type == "M" else None,
        )
        drawn.append(breast(picture(phantom)))
    return (Comparison("mammograms MLO", np.stack(real), np.stack(drawn)),)


def breast(film: Image.Image, side: int = SIDE) -> Films:
    """The breast alone, chest wall on the left, as large as fits into `[side, side]`; everything else is black.

    The breast is the largest area brighter than a tenth of the film's bright end, so labels beside it are left out.
    """
    values = np.asarray(film.reduce(max(1, film.height // ROWS)), dtype=float)
    smooth = ndimage.gaussian_filter(values, 3)
    areas, count = ndimage.label(smooth > 0.1 * np.percentile(smooth, 98))
    inside = areas == 1 + np.argmax(ndimage.sum_labels(np.ones_like(areas), areas, range(1, count + 1)))
    rows, columns = (np.flatnonzero(inside.any(axis)) for axis in (1, 0))
    cut = (values * inside)[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if inside[:, : inside.shape[1] // 2].sum() < inside.sum() / 2:
        cut = cut[:, ::-1]
    scale = side / max(cut.shape)
    height, width = (max(1, round(length * scale)) for length in cut.shape)
    small = Image.fromarray(np.rint(cut).astype(np.uint8)).resize((width, height), Image.Resampling.BOX)
    placed = np.zeros((side, side), np.uint8)
    placed[:height, :width] = small
    return placed
