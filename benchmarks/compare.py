"""Several attacks on the same films in one run: which films each of them flips, and what it costs."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from benchmarks.ledger import Ledger
from benchmarks.measure import Films, decision, machine
from benchmarks.pairing import difference, ratio_of_totals
from measures import rate

Attack = Callable[[Tensor, Tensor], Tensor]  # films [n, 1, H, W] and labels [n] → altered films
CLOSE = 1e-6  # what rounding may add to a budget


def fill(
    ledger: Ledger, part: str, model: nn.Module, films: Films, attacks: dict[str, Attack], epsilon: float, batch: int
) -> None:
    """Measure the films of a part that the ledger lacks. The attacks take turns at going first.

    One judge for all: a film is lost if it is read as something else than its label and lies within `epsilon` (display
    units) in L∞. Seconds are processor time of the whole batch.
    """
    for names in ledger.pending(part, films.names, batch):
        images, labels = films.take(names)
        first = len(ledger.of(part)) % len(attacks)
        order = [*attacks][first:] + [*attacks][:first]
        lost, seconds = {}, {}
        for name in order:
            began = time.process_time()
            altered = attacks[name](images, labels)
            seconds[name] = round(time.process_time() - began, 3)
            near = (altered - images).abs().flatten(1).amax(1) <= epsilon + CLOSE
            lost[name] = (near & (decision(model, altered) != labels)).int().tolist()
        ledger.add(part, names, lost=lost, seconds=seconds)
        told = ", ".join(f"{name} {sum(lost[name])} in {seconds[name]:.1f} s" for name in attacks)
        print(f"{part}: of {len(names)} films lost to {told}", flush=True)


def against(batches: Sequence[dict[str, Any]], ours: str, theirs: str, *, held: bool = False) -> dict[str, Any]:
    """Both shares of films, their paired difference (ours less theirs) and the ratio of processor times.

    `held`: shares of films that were not lost (robust accuracy, where labels are the truth), else of those that were.
    `only_ours` and `only_theirs` are films that count towards one share alone.
    """
    one, other = ([bool(film) != held for film in flags(batches, name)] for name in (ours, theirs))
    seconds = {name: [batch["seconds"][name] for batch in batches] for name in (ours, theirs)}
    return {
        "ours": rate(sum(one), len(one)).as_dict(),
        "theirs": rate(sum(other), len(other)).as_dict(),
        "difference": difference(one, other).as_dict(),
        "only_ours": sum(a > b for a, b in zip(one, other, strict=True)),
        "only_theirs": sum(b > a for a, b in zip(one, other, strict=True)),
        "seconds_a_film": {
            side: round(sum(seconds[name]) / len(one), 3) for side, name in (("ours", ours), ("theirs", theirs))
        },
        "time_ratio": ratio_of_totals(seconds[ours], seconds[theirs]).as_dict(),
    }


def flags(batches: Sequence[dict[str, Any]], attack: str) -> list[int]:
    """Of each film in turn, 1 if this attack flipped it."""
    return [film for batch in batches for film in batch["lost"][attack]]


def lists(batches: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The films by name and, for each attack, a digit for each of them: 1 is lost."""
    films = [film for batch in batches for film in batch["films"]]
    names = batches[0]["lost"] if batches else ()
    return {"films": " ".join(films), "lost": {name: "".join(map(str, flags(batches, name))) for name in names}}


def parser(doc: str, results: Path, *, films: int, epsilons: Sequence[float]) -> argparse.ArgumentParser:
    """The options that every comparison has."""
    given = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--models", nargs="+", default=["chest-undefended", "chest-defended"], help="ids in the zoo")
    given.add_argument("--epsilons", nargs="+", type=float, default=list(epsilons), help="grey levels of 255")
    given.add_argument("--films", type=int, default=films, help="films to reach; those measured before count")
    given.add_argument("--batch", type=int, default=20, help="films attacked at once, and saved at once")
    given.add_argument("--out", type=Path, default=results)
    return given


def write(path: Path, command: str, parts: list[dict[str, Any]], **about: Any) -> None:
    """Print and keep what was measured; `command` is the module and its options, to which the films are added."""
    made_by = f"python -m benchmarks.{command} --films {parts[0]['ours']['n']}"
    text = json.dumps({"made_by": made_by, "machine": machine()} | about | {"parts": parts}, indent=1)
    print(text)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")
