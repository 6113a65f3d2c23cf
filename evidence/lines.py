"""Many numbers on one line of a results file, so that a diff shows a row and not a column."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def line(values: NDArray[Any]) -> str:
    """`[n]` as text."""
    return " ".join(f"{value:g}" for value in values)


def numbered(people: NDArray[Any]) -> NDArray[np.intp]:
    """People, `[n]`, by a number each: whose films they are may be told, who they are need not."""
    return np.unique(people, return_inverse=True)[1]


def numbers(text: str, type_: type = int) -> NDArray[Any]:
    """The `[n]` of a line."""
    return np.array(text.split(), dtype=type_)
