"""`python -m evidence.realism [--data …]`: phantoms beside real films; writes `results/MODALITY.json`, prints a table.

Whether a phantom is a copy of a real film is not asked: they are drawn by rule, and no real film goes into one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from evidence.files import keep
from evidence.realism import statistics, telling
from evidence.realism.chests import chests
from evidence.realism.films import Comparison
from evidence.realism.mammograms import mammograms
from evidence.realism.results import RESULTS
from measures import auc
from training.commands import command_line
from training.data import data_root

MODALITIES = {"chest": chests, "mammogram": mammograms}
SIDES = {"128 px": 128, "32 px": 32}


def main() -> None:
    """The command line."""
    parser = command_line("Measure how real the phantoms look.", data=True)
    parser.add_argument("--modality", choices=tuple(MODALITIES), default="chest")
    parser.add_argument("--films", type=int, default=100, help="real films of each set, and as many phantoms")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the results")
    options = parser.parse_args()
    comparisons = MODALITIES[options.modality](data_root(options.data), options.films)
    results = {
        "made_by": f"python -m evidence.realism --modality {options.modality} --films {options.films}",
        "sets": {c.name: measured(c) for c in comparisons},
        "told_apart": {name: told_apart(parts) for name, parts in grouped(comparisons).items()},
    }
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / f"{options.modality}.json"
    keep(path, results)
    show(results)


def grouped(comparisons: tuple[Comparison, ...]) -> dict[str, list[Comparison]]:
    """Sets that one classifier tells apart together: those whose names begin with the same word."""
    groups: dict[str, list[Comparison]] = {}
    for comparison in comparisons:
        groups.setdefault(comparison.name.split()[0], []).append(comparison)
    return groups


def measured(comparison: Comparison) -> dict[str, Any]:
    """Spectral slopes and histogram distances of the real films and of the phantoms."""
    beside = {"real": comparison.real, "phantoms": comparison.drawn}
    slopes = {
        f"slope {name}, {band[0]}–{band[1]} cycles per image": {
            kind: statistics.summary(statistics.slopes(films, band)) for kind, films in beside.items()
        }
        for name, band in statistics.BANDS.items()
    }
    distances = zip(beside, statistics.histogram_distances(comparison), strict=True)
    return slopes | {"distance to the mean real histogram": {kind: statistics.summary(d) for kind, d in distances}}


def told_apart(comparisons: list[Comparison]) -> dict[str, Any]:
    """Held-out AUC of each classifier; patients are films here."""
    results: dict[str, Any] = {}
    for name, side in SIDES.items():
        films, drawn = telling.together(comparisons, side)
        results[f"network, {name}"] = auc(drawn, telling.network_scores(films, drawn)).as_dict()
    scores, why = telling.linear_scores(comparisons, drawn)
    return results | {"linear, spectrum and histogram": auc(drawn, scores).as_dict() | {"largest weights": why}}


def show(results: dict[str, Any]) -> None:
    """A short table."""
    for name, figures in results["sets"].items():
        for measure, kinds in figures.items():
            cells = [f"{kind} {v['mean']:.2f} ± {v['sd']:.2f} (n {v['n']})" for kind, v in kinds.items()]
            print(f"{name:12} {measure:42} {'   '.join(cells)}")
    for name, tests in results["told_apart"].items():
        for test, v in tests.items():
            print(f"{name:12} told apart: {test:30} AUC {v['value']:.3f} [{v['low']:.3f}, {v['high']:.3f}], n {v['n']}")


if __name__ == "__main__":
    main()
