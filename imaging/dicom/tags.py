"""Reading tags that may be missing, empty, damaged, or hidden in the functional groups of a frame."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from typing import Any

from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.valuerep import format_number_as_ds


class Tags:
    """The tags of one frame: its own functional groups first, then the shared ones, then the file (PS3.3 C.7.6.16)."""

    def __init__(self, dataset: Dataset, frame: int = 0) -> None:
        self.scopes = [
            *_functional_groups(dataset, "PerFrameFunctionalGroupsSequence", frame),
            *_functional_groups(dataset, "SharedFunctionalGroupsSequence", 0),
            dataset,
        ]

    @property
    def little_endian(self) -> bool:
        """Byte order of words inside a bulk value (OW)."""
        return self.scopes[-1].original_encoding[1] is not False

    def values(self, keyword: str) -> list[Any]:
        """All values of a tag, [] where it is missing, empty or damaged."""
        for scope in self.scopes:
            value = _value(scope, keyword)
            if value not in (None, ""):
                return list(value) if isinstance(value, MultiValue | list | tuple) else [value]
        return []

    def numbers(self, keyword: str) -> list[float]:
        """Numbers of a tag as a decimal string can hold them; NaN for a value that is no number."""
        return [_number(value) for value in self.values(keyword)]

    def number(self, keyword: str) -> float | None:
        """First number of a tag, or None where there is none that is finite."""
        numbers = self.numbers(keyword)
        return numbers[0] if numbers and math.isfinite(numbers[0]) else None

    def integer(self, keyword: str, otherwise: int) -> int:
        """First number of a tag as a whole one."""
        number = self.number(keyword)
        return otherwise if number is None else int(number)

    def code(self, keyword: str, allowed: Collection[str]) -> str | None:
        """First value of a tag in capitals if it is one of the allowed ones: free text never gets through."""
        text = next((str(value).strip().upper() for value in self.values(keyword)), "")
        return text if text and text in allowed else None

    def items(self, keyword: str) -> Iterator[Tags]:
        """Items of a sequence."""
        for scope in self.scopes:
            value = _value(scope, keyword)
            if isinstance(value, Sequence) and len(value):
                yield from (Tags(item) for item in value)
                return


def decimal(number: float) -> float:
    """The nearest number that a decimal string (DS, 16 characters) can hold, so that it survives writing."""
    return float(format_number_as_ds(number)) if math.isfinite(number) else math.nan


def _number(value: Any) -> float:
    try:
        return decimal(float(value))
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _value(dataset: Dataset, keyword: str) -> Any:
    try:
        return dataset.get(keyword)
    except Exception:  # pydicom converts a value when it is asked for, and damaged bytes can fail in any way
        return None


def _functional_groups(dataset: Dataset, keyword: str, index: int) -> list[Dataset]:
    frames = _value(dataset, keyword)
    if not isinstance(frames, Sequence) or index >= len(frames):
        return []
    groups = (_value(frames[index], element.keyword) for element in frames[index] if element.VR == "SQ")
    return [group[0] for group in groups if isinstance(group, Sequence) and len(group)]
