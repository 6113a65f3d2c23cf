"""What a long measurement has found so far, kept under `runs/`: a run that was cut off goes on from there."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

RUNS = Path(__file__).parents[1] / "runs"


class Ledger:
    """Batches of films, measured under one set of settings; another set has a file of its own and begins afresh.

    A batch is a JSON object: `part` of the measurement, `films` by name, and whatever was found of them.
    """

    def __init__(self, name: str, settings: dict[str, Any], folder: Path = RUNS) -> None:
        digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:12]
        self.path = folder / f"{name}-{digest}.json"
        self.settings = settings
        known = json.loads(self.path.read_text(encoding="utf-8")) if self.path.is_file() else {"batches": []}
        self.batches: list[dict[str, Any]] = known["batches"]

    def of(self, part: str) -> list[dict[str, Any]]:
        """The batches of one part, in the order in which they were measured."""
        return [batch for batch in self.batches if batch["part"] == part]

    def pending(self, part: str, films: Sequence[str], size: int) -> Iterator[list[str]]:
        """Batches of at most `size` of those films that this part has not met yet."""
        met = {film for batch in self.of(part) for film in batch["films"]}
        left = [film for film in films if film not in met]
        for place in range(0, len(left), size):
            yield left[place : place + size]

    def add(self, part: str, films: Sequence[str], **found: Any) -> None:
        """Keep a batch, in memory and on disk; a run that ends while this writes loses that batch alone."""
        self.batches.append({"part": part, "films": list(films), **found})
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".part")
        draft.write_text(json.dumps({"settings": self.settings, "batches": self.batches}), encoding="utf-8")
        os.replace(draft, self.path)
