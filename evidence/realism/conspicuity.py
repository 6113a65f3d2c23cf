"""`python -m evidence.realism.conspicuity [--data …]`: do drawn cancers stand out as much as those of women do?

Contrast of a lesion: its mean grey minus that of a ring around it, in standard deviations of the ring, on the breast's
own grey scale. MIAS marks circles and phantoms outlines, so the ring begins a little outside either.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
import torch
from scipy import ndimage

from evidence.files import keep
from evidence.realism.results import CONTRASTS
from evidence.realism.statistics import summary
from imaging import phantoms
from models.networks.breast import Breast
from training.commands import command_line
from training.data import data_root
from training.mammograms.films import mias

RASTER = (576, 320)
SEED = 3_000_021
RING = (0.3, 1.3)  # where the ring begins and ends, in radii beyond the lesion's border
LEAST = 12  # pixels of a lesion that can be measured
SIGNS = {  # by MIAS' letters, and by the words of the phantoms
    "mass": (("CIRC", "SPIC", "MISC", "ASYM"), ("irregular mass", "spiculated mass", "indistinct mass")),
    "architectural distortion": (("ARCH",), ("architectural distortion",)),
    "calcifications": (("CALC",), ("clustered microcalcifications",)),
}


def main() -> None:
    """The command line."""
    parser = command_line("Compare the contrast of cancers in women and in phantoms.", data=True)
    parser.add_argument("--films", type=int, default=40, help="phantoms with each kind of lesion")
    options = parser.parse_args()
    women = mias(data_root(options.data))
    results: dict[str, Any] = {"made_by": f"python -m evidence.realism.conspicuity --films {options.films}"}
    with ProcessPoolExecutor() as workers:
        for sign, (letters, kinds) in SIGNS.items():
            people = list(phantoms.people(options.films, seed=SEED, modality="mammogram", prevalence=0))
            drawn = list(workers.map(_of_phantom, people * len(kinds), np.repeat(kinds, len(people)).tolist()))
            marked = women.where(
                np.flatnonzero((women.labels == 1) & women.table.located & women.table.kind.isin(letters))
            )
            real = [value for i in range(len(marked)) for value in contrasts(marked.film(i), marked.lesion(i))]
            results[sign] = {"women": summary(np.array(real)), "phantoms": summary(np.concatenate(drawn))}
            print(sign, results[sign], flush=True)
    keep(CONTRASTS, results)


def contrasts(film: np.ndarray, lesions: np.ndarray) -> Iterator[float]:
    """Of each separate lesion in the mask `[H, W]` of a film `[H, W]` in [0, 1]; none that is a few pixels small."""
    prepare = Breast(RASTER)
    with torch.inference_mode():
        image = torch.from_numpy(film)[None, None]
        frame, outline = prepare.find(image)
        grey = prepare.normalise(frame.sample(image, RASTER), outline)[0, 0].numpy()
        marked = frame.sample(torch.from_numpy(lesions.astype(np.float32))[None, None], RASTER)[0, 0].numpy() > 0.5
    breast = outline[0, 0].numpy() > 0.9
    pieces, count = ndimage.label(marked)
    for piece in range(1, count + 1):
        lesion = pieces == piece
        radius = np.sqrt(lesion.sum() / np.pi)
        away = ndimage.distance_transform_edt(~lesion) / radius
        ring = (away > RING[0]) & (away < RING[1]) & breast & ~marked
        lesion &= breast
        if min(lesion.sum(), ring.sum()) >= LEAST:
            yield float((grey[lesion].mean() - grey[ring].mean()) / grey[ring].std())


def _of_phantom(person: dict[str, Any], kind: str) -> list[float]:
    torch.set_num_threads(1)
    about = {name: value for name, value in person.items() if name not in ("seed", "lesion")}
    phantom = phantoms.mammogram(person["seed"], size=RASTER[0], lesion=kind, **about)
    return list(contrasts(phantom.pixels, phantom.mask))[:1]


if __name__ == "__main__":
    main()
