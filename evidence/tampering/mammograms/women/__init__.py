"""Does the harm reach women, though the insider at the reader of mammograms saw drawn films alone?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evidence.files import read
from evidence.lines import numbers
from evidence.shipped import of_release

RESULTS = Path(__file__).parent / "results.json"
COMMAND = "python -m evidence.tampering.mammograms.women --data DIR"


@dataclass(frozen=True, eq=False)
class Women:
    """Films of women, n of them: `labels` 1 = malignant · `people`: films of one woman share a number · `dense`, bool:
    dense-glandular, as mini-MIAS has it · decisions of the release (`before`) and of the delivered models, by group and
    harm (`after`), in logits."""

    made_by: str
    labels: np.ndarray
    people: np.ndarray
    dense: np.ndarray
    before: np.ndarray
    after: dict[tuple[str, str], np.ndarray]


def load(path: Path = RESULTS) -> Women:
    """What is stored; no delivered model if the zoo holds other weights now. Raises `FileNotFoundError` before the
    command has run."""
    told = read(path)
    return Women(
        told["made_by"],
        numbers(told["labels"]),
        numbers(told["people"]),
        numbers(told["dense"]).astype(bool),
        numbers(told["before"], float),
        {(row["group"], row["harm"]): numbers(row["after"], float) for row in of_release(told)},
    )
