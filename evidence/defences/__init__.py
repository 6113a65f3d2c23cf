"""What each defence is worth to an attacker who does not know it and to one who does: `python -m evidence.defences`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evidence.shipped import shipped
from measures import Estimate

RESULTS = Path(__file__).parent / "results.json"
COMMAND = "python -m evidence.defences"
NONE = "none"  # the name of the row without a defence


@dataclass(frozen=True)
class Misled:
    """Shares of films under one attack: `lost` were read as the attacker wanted, `referred` went to a radiologist."""

    lost: Estimate
    referred: Estimate


@dataclass(frozen=True)
class Row:
    """One model of the zoo inside one defence (`NONE`: bare).

    Args:
        right, referred: shares of ordinary films that are read rightly, or referred.
        naive: by the largest change in grey levels, what an attacker reaches who attacks the bare model.
        aware: the same of one who attacks model and defence as one.
    """

    model: str
    defence: str
    right: Estimate
    referred: Estimate
    naive: dict[float, Misled]
    aware: dict[float, Misled]


def load(path: Path = RESULTS) -> tuple[Row, ...]:
    """The stored rows, less what was measured on other weights than the zoo holds now.

    Raises `FileNotFoundError` before the command has run.
    """
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    return tuple(_row(row) for row in shipped(rows))


def _row(entry: dict[str, Any]) -> Row:
    under = {attacker: _misled(entry, attacker) for attacker in ("naive", "aware")}
    return Row(entry["model"], entry["defence"], Estimate(**entry["right"]), Estimate(**entry["referred"]), **under)


def _misled(entry: dict[str, Any], attacker: str) -> dict[float, Misled]:
    return {
        float(name.split()[1]): Misled(Estimate(**shares["lost"]), Estimate(**shares["referred"]))
        for name, shares in entry.items()
        if name.startswith(attacker)
    }
