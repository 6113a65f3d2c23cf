"""Attack the first bundled case that both models read right and only the defended one still reads right afterwards.

`python -m evidence.showcase` writes `showcase.json` and its films beside this file. One fixed seed; some seconds.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

import imaging
import models
from evidence.files import keep
from evidence.showcase import FOLDER, Answer
from imaging import Radiograph, gallery
from robustness import CaseResult, attack_radiograph, explain, smallest_epsilon_of_radiograph

PAIR = ("chest-undefended", "chest-defended")
EPSILON = 2.0  # grey levels of 255
METHOD = "grad_cam"
SEED = 0


def main(folder: Path = FOLDER) -> None:
    """Find the case, attack it, write what the page shows."""
    zoo = {name: models.load(name) for name in PAIR}
    case, film, results = next(
        (case, film, results)
        for case in gallery.cases()
        if case.modality == "chest"
        for film in [imaging.read(case.path)]
        for results in [{name: attack_radiograph(zoo[name], film, epsilon=EPSILON, seed=SEED) for name in PAIR}]
        if _tells(case, results)
    )
    told = {
        "case": case.id,
        "title": case.title,
        "disease": models.card(PAIR[0]).disease,
        "method": METHOD,
        "film": _save(folder / "film.png", film.pixels, np.uint16),
        "attacks": [_attack(folder, zoo[name], film, results[name]) for name in PAIR],
    }
    keep(folder / "showcase.json", told)
    print(f"{case.id}: {results[PAIR[0]].before.prediction} → {results[PAIR[0]].after.prediction}")


def _tells(case: gallery.Case, results: dict[str, CaseResult]) -> bool:
    undefended, defended = (results[name] for name in PAIR)
    right = all(result.before.prediction == case.label for result in results.values())
    return right and case.label == "pneumonia" and undefended.flipped and not defended.flipped


def _attack(folder: Path, model: Any, film: Radiograph, result: CaseResult) -> dict[str, Any]:
    name, disease = model.card.id, len(model.card.classes) - 1
    found = smallest_epsilon_of_radiograph(model, film, seed=SEED)
    maps = {
        when: explain(model, models.to_images(model, radiograph), METHOD, target=disease).map
        for when, radiograph in (("before", film), ("after", result.radiograph))
    }
    answers = {
        when: asdict(Answer(answer.prediction, round(answer.probability, 4)))
        for when, answer in (("before", result.before), ("after", result.after), ("noise", result.noise))
    }
    return {
        "model": name,
        "title": model.card.title,
        "operating_point": model.card.operating_point,
        **answers,
        "flipped": result.flipped,
        "stopped": result.stopped,
        "norm": result.norm,
        "epsilon": result.epsilon,
        "largest_change": round(result.largest_change, 3),
        "rms_change": round(result.rms_change, 3),
        "steps": result.steps,
        "trace": [round(share, 4) for share in result.trace],
        "smallest": round(found.levels, 2) if found.found else None,
        "film": _save(folder / f"{name}.png", result.radiograph.pixels, np.uint16),
        "saliency_before": _save(folder / f"{name}-before.png", maps["before"], np.uint8),
        "saliency_after": _save(folder / f"{name}-after.png", maps["after"], np.uint8),
    }


def _save(path: Path, values: NDArray[np.floating], kind: type) -> str:
    Image.fromarray(np.rint(values * np.iinfo(kind).max).astype(kind)).save(path, optimize=True)
    return path.name


if __name__ == "__main__":
    main()
