"""The two steps from stored value to display: modality mapping (PS3.3 C.11.1) and window or VOI table (C.11.2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.valuerep import format_number_as_ds

Floats = NDArray[np.float64]
FULL_RANGE = "FULL RANGE"  # how our own window over all the greys explains itself
OVERFLOW = 700  # largest exponent that float64 takes


@dataclass(frozen=True)
class Rescale:
    """Modality values = slope · stored + intercept."""

    slope: float = 1.0
    intercept: float = 0.0

    def __call__(self, stored: Floats) -> Floats:
        """Modality values, float64 [N], of stored values, float64 [N]."""
        return self.slope * stored + self.intercept

    def describe(self, dataset: Dataset) -> None:
        """Put the tags of this step into a dataset."""
        if self != Rescale():
            dataset.RescaleIntercept = format_number_as_ds(self.intercept)
            dataset.RescaleSlope = format_number_as_ds(self.slope)
            dataset.RescaleType = "US"


@dataclass(frozen=True, eq=False)
class Table:
    """A lookup table: entries, uint16 [N], for inputs from `first` up; inputs beyond an end take that end's entry."""

    first: int
    entries: NDArray[np.uint16]
    bits: int

    def __call__(self, values: Floats) -> Floats:
        """Entries, float64 [N], for input values, float64 [N]."""
        index = np.clip(np.rint(values) - self.first, 0, len(self.entries) - 1)
        return self.entries[index.astype(np.intp)].astype(np.float64)

    def item(self) -> Dataset:
        """The table as an item of a DICOM sequence."""
        item = Dataset()
        # The number of entries and the first input share a 16-bit type; 65,536 entries are written as 0.
        signed = self.first < 0
        count, first = len(self.entries) & 0xFFFF, self.first
        item.add_new("LUTDescriptor", "SS" if signed else "US", [_signed(count) if signed else count, first, self.bits])
        item.add_new("LUTData", "OW", self.entries.astype("<u2").tobytes())
        return item


@dataclass(frozen=True, eq=False)
class ModalityTable:
    """Modality values looked up in a table."""

    table: Table

    def __call__(self, stored: Floats) -> Floats:
        """Modality values, float64 [N], of stored values, float64 [N]."""
        return self.table(stored)

    def describe(self, dataset: Dataset) -> None:
        """Put the tags of this step into a dataset."""
        item = self.table.item()
        item.ModalityLUTType = "US"
        dataset.ModalityLUTSequence = [item]


@dataclass(frozen=True)
class Window:
    """A display window; `function` is LINEAR, LINEAR_EXACT or SIGMOID (PS3.3 C.11.2.1.2 and C.11.2.1.3)."""

    centre: float
    width: float
    function: str
    explanation: str = ""  # words of `EXPLANATIONS` only

    @property
    def name(self) -> str:
        """What a person picks it by."""
        if self.explanation.upper() == FULL_RANGE:
            return self.explanation
        return f"{self.explanation or 'Window'} (centre {self.centre:g}, width {self.width:g})"

    def __call__(self, values: Floats) -> Floats:
        """Display values in [0, 1], float64 [N], of modality values, float64 [N]."""
        if self.function == "SIGMOID":
            exponent = -4 * (values - self.centre) / self.width
            return 1 / (1 + np.exp(np.clip(exponent, -OVERFLOW, OVERFLOW)))
        if self.function == "LINEAR_EXACT":
            return np.clip((values - self.centre) / self.width + 0.5, 0, 1)
        if self.width == 1:
            return (values > self.centre - 0.5).astype(np.float64)
        return np.clip((values - (self.centre - 0.5)) / (self.width - 1) + 0.5, 0, 1)

    def describe(self, dataset: Dataset) -> None:
        """Put the tags of this step into a dataset."""
        dataset.WindowCenter = format_number_as_ds(self.centre)
        dataset.WindowWidth = format_number_as_ds(self.width)
        dataset.VOILUTFunction = self.function
        if self.explanation:
            dataset.WindowCenterWidthExplanation = self.explanation.upper()


@dataclass(frozen=True, eq=False)
class DisplayTable:
    """A VOI lookup table (PS3.3 C.11.2.1.1)."""

    table: Table
    explanation: str = ""  # words of `EXPLANATIONS` only

    @property
    def name(self) -> str:
        """What a person picks it by."""
        return f"{self.explanation or 'Display'} table"

    def __call__(self, values: Floats) -> Floats:
        """Display values in [0, 1], float64 [N], of modality values, float64 [N]."""
        return self.table(values) / (2**self.table.bits - 1)

    def describe(self, dataset: Dataset) -> None:
        """Put the tags of this step into a dataset."""
        item = self.table.item()
        if self.explanation:
            item.LUTExplanation = self.explanation.upper()
        dataset.VOILUTSequence = [item]


def _signed(number: int) -> int:
    return number - 65536 if number > 32767 else number
