"""`python -m evidence.poisoning [--seeds 20] [--sets 24]`: poisons training sets, and looks for it.

First the harm by share for every poisoning, so many trainings a point; then so many sets of each kind that are
searched for wrong labels and learned from again; then as many with planted faults, and without. A set is 600 films,
drawn anew each time. Points and sets that are there already are not measured again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

import models
from evidence.files import begun, keep
from evidence.poisoning.curating import FILMS, curated
from evidence.poisoning.material import NETWORK, altered, gather, joined
from evidence.poisoning.measuring import point
from evidence.poisoning.planting import searched
from evidence.poisoning.results import COMMAND, FOLDER
from evidence.shipped import of_release
from training.commands import command_line
from training.poisoning.learner import features_of
from training.poisoning.recipes import KINDS, possible

SEARCHED = (0.02, 0.05, 0.1)  # shares at which sets are searched
TIMES_UNTOUCHED = 3  # sets that nobody touched, for each poisoned one of a kind

Job = tuple[dict[str, Any], Callable[[], dict[str, Any]]]  # what names a row, and how it is made


def main() -> None:
    """The command line."""
    parser = command_line(__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="trainings a point")
    parser.add_argument("--sets", type=int, default=24, help="of each kind")
    parser.add_argument("--fresh", action="store_true", help="measure every row again")
    options = parser.parse_args()
    bench = Bench()
    made_by = f"{COMMAND} --seeds {options.seeds} --sets {options.sets}"
    for name, jobs in (
        ("curve", bench.curve(options.seeds)),
        ("planted", bench.planted(options.sets)),
        ("curation", bench.curation(options.sets)),
    ):
        fill(name, jobs, made_by, fresh=options.fresh)


def fill(name: str, jobs: Iterator[Job], made_by: str, *, fresh: bool) -> None:
    """Measure what is missing, or `fresh` everything, and store each row as soon as it is known, in the jobs' order."""
    path = FOLDER / f"{name}.json"
    rows = of_release(begun(path, fresh=fresh))
    told = {"made_by": made_by, "vendor": NETWORK, "sha256": models.card(NETWORK).sha256}
    for place, (key, measure) in enumerate(jobs):
        known = next((row for row in rows if all(row[field] == value for field, value in key.items())), None)
        if known is not None:
            rows.remove(known)
        rows.insert(place, known or measure())
        if known is None:
            keep(path, told | {"rows": rows})
            print(name, key, flush=True)


class Bench:
    """The films, and every measurement as a job."""

    def __init__(self) -> None:
        self.network = models.load(NETWORK)
        self.parts = gather(self.network)
        self.whole = joined(list(self.parts.values()))

    @cache  # noqa: B019  (one bench lives as long as the command)
    def altered(self, kind: str, aim: str) -> NDArray[np.float64] | None:
        """Of all films, features once poisoned; None where no film is altered."""
        return altered(self.network, self.whole, self.parts["training"], kind, aim) if kind else None

    def used(self, kind: str, aim: str) -> NDArray[np.float64] | None:
        """Of all films, features with the sign as it is used later; None where none is taught."""
        return self.altered("sign", aim) if kind and KINDS[kind].signed else None

    def curve(self, seeds: int) -> Iterator[Job]:
        """Harm by share."""
        train, test = (self.parts[part].ward for part in ("training", "test"))
        for kind, aim in poisonings():
            for share in possible(train, kind, aim):

                def measure(kind: str = kind, aim: str = aim, share: float = share) -> dict[str, Any]:
                    altered, used = self.altered(kind, aim), self.used(kind, aim)
                    learned = None if altered is None else altered[: len(train)]
                    signed = None if used is None else used[-len(test) :]
                    return point(self.parts, learned, signed, kind, aim, share=share, seeds=seeds)

                yield {"kind": kind, "aim": aim, "share": share}, measure

    def curation(self, sets: int) -> Iterator[Job]:
        """Wrong labels, searched for."""
        cases = [("", "", 0.0, seed) for seed in range(TIMES_UNTOUCHED * sets)]
        cases += [(kind, aim, share, seed) for kind, aim in poisonings() for share in SEARCHED for seed in range(sets)]
        for kind, aim, share, seed in cases:

            def measure(kind: str = kind, aim: str = aim, share: float = share, seed: int = seed) -> dict[str, Any]:
                altered, used = self.altered(kind, aim), self.used(kind, aim)
                return curated(self.whole, altered, used, kind, aim, share=share, seed=seed)

            yield {"kind": kind, "aim": aim, "share": share, "seed": seed}, measure

    def planted(self, sets: int) -> Iterator[Job]:
        """Leaked films and strangers, searched for."""
        for seed in range(sets):
            for planted in (True, False):

                def measure(seed: int = seed, planted: bool = planted) -> dict[str, Any]:
                    order = np.random.default_rng(seed).permutation(len(self.whole.ward))
                    train, test = self.whole.where(order[:FILMS]), self.whole.where(order[2 * FILMS :])
                    return searched(train, test, self._see, planted=planted, seed=seed)

                yield {"seed": seed, "planted": planted}, measure

    def _see(self, films: NDArray[np.uint8]) -> NDArray[np.float64]:
        return features_of(self.network, films)


def poisonings() -> tuple[tuple[str, str], ...]:
    """Every kind, with every group or sign that it can be aimed at."""
    return tuple((kind, aim) for kind, recipe in KINDS.items() for aim in recipe.aims or ("",))


if __name__ == "__main__":
    main()
