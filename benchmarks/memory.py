"""How much memory an attack on a whole mammogram takes: 3,000 × 3,000 pixels, read from a file and written again.

`python -m benchmarks.memory` writes `benchmarks/results/memory.json`: the largest resident memory of this process, all
of Python and torch counted. The film is a phantom, enlarged.
"""

from __future__ import annotations

import argparse
import io
import json
import resource
from pathlib import Path

import numpy as np
from PIL import Image

import imaging
import models
from benchmarks.measure import GREY, machine
from imaging import phantoms
from robustness import attack_radiograph

MODEL = "mammogram-undefended"
RESULTS = Path(__file__).parent / "results" / "memory.json"
BARS = {"gigabytes": 4.0}


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=3000)
    parser.add_argument("--attack", default="pgd", help="name in the registry")
    parser.add_argument("--out", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    radiograph, model = imaging.read(_film(arguments.side)), models.load(MODEL, "cpu")
    case = attack_radiograph(model, radiograph, attack=arguments.attack, epsilon=2.0, seed=0)
    found = {
        "made_by": f"python -m benchmarks.memory --side {arguments.side} --attack {arguments.attack}",
        "machine": machine(),
        "bars": BARS,
        "model": MODEL,
        "attack": arguments.attack,
        "pixels": list(radiograph.pixels.shape),
        "steps": case.steps,
        "gigabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2, 2),
    }
    text = json.dumps(found, indent=1)
    print(text)
    arguments.out.write_text(text + "\n", encoding="utf-8")


def _film(side: int) -> bytes:
    """A PNG of a phantom, as the app would be given it."""
    pixels = phantoms.mammogram(0).pixels
    picture = Image.fromarray(np.rint(pixels * GREY).astype(np.uint8)).resize((side, side), Image.Resampling.BICUBIC)
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()


if __name__ == "__main__":
    main()
