"""How a DICOM frame wants to be shown: its modality mapping, its windows and tables, its polarity, its padding."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.dicom.mappings import FULL_RANGE, DisplayTable, Floats, ModalityTable, Rescale, Table, Window
from imaging.dicom.tags import Tags, decimal
from imaging.radiograph import UnreadableImage
from imaging.scale import Scale

FUNCTIONS = ("LINEAR", "LINEAR_EXACT", "SIGMOID")
# An explanation is free text, so only these words of it are ever shown.
EXPLANATIONS = {
    "FULL", "RANGE", "NORMAL", "HARDER", "SOFTER", "HARD", "SOFT", "STANDARD", "DEFAULT", "USER", "BONE", "LUNG",
    "MEDIASTINUM", "CHEST", "BREAST", "BRAIN", "ABDOMEN", "LIVER", "SPINE", "TISSUE", "SKIN", "HIGH", "LOW",
    "MEDIUM", "CONTRAST", "WIDE", "NARROW", "LINEAR", "SIGMOID", "WINDOW", "WINDOW1", "WINDOW2", "WINDOW3", "ALGO1",
    "ALGO2", "ALGO3",
}  # fmt: skip
BAD_WINDOW = "The display window in this file makes no sense, so the full range of greys is shown."


@dataclass(frozen=True, eq=False)
class Display:
    """The way from stored values to the screen for one frame and one window."""

    modality: Rescale | ModalityTable
    voi: Window | DisplayTable
    inverted: bool
    padding: tuple[int, int] | None  # lowest and highest stored value that marks padding
    lowest: int
    bits: int

    def scale(self) -> Scale:
        """Display value of every stored value."""
        values = stored_range(self.lowest, self.bits)
        shown = self.voi(self.modality(values.astype(np.float64)))
        if not np.isfinite(shown).all():
            raise UnreadableImage("The grey scale in this file makes no sense: export the image again.")
        padding = is_padding(values, self.padding)
        shown = np.where(padding, 0, 1 - shown if self.inverted else shown)
        return Scale(self.lowest, shown.astype(np.float32), padding)


def modality_mapping(tags: Tags, lowest: int) -> Rescale | ModalityTable:
    """Modality table, or slope and intercept, of a frame."""
    for item in tags.items("ModalityLUTSequence"):
        table = _table(item, signed=lowest < 0)
        if table is not None:
            return ModalityTable(table)
    slope, intercept = tags.number("RescaleSlope"), tags.number("RescaleIntercept")
    return Rescale(slope or 1.0, intercept or 0.0)


def choices(tags: Tags, inputs: Floats) -> tuple[list[Window | DisplayTable], list[str]]:
    """Display tables and windows of a frame, in that order, and warnings. inputs: all modality values, float64 [N]."""
    tables = [_table(item, signed=inputs.min() < 0) for item in tags.items("VOILUTSequence")]
    names = [_explanation(item.values("LUTExplanation"), 0) for item in tags.items("VOILUTSequence")]
    found: list[Window | DisplayTable] = [
        DisplayTable(table, name) for table, name in zip(tables, names, strict=True) if table is not None
    ]
    function = tags.code("VOILUTFunction", FUNCTIONS) or "LINEAR"
    pairs = list(zip(tags.numbers("WindowCenter"), tags.numbers("WindowWidth"), strict=False))
    usable = [window for number, pair in enumerate(pairs) if (window := _window(tags, number, *pair, function))]
    return found + usable, ([BAD_WINDOW] if pairs and not usable and not found else [])


def full_range(values: Floats) -> Window:
    """The window that just shows all of the modality values, float64 [M]."""
    low, high = float(values.min()), float(values.max())
    return Window(decimal((low + high) / 2), decimal(high - low), "LINEAR_EXACT", FULL_RANGE.capitalize())


def padding_range(tags: Tags, lowest: int, bits: int) -> tuple[int, int] | None:
    """Stored values that mark padding, lowest and highest (PS3.3 C.7.5.1.1.2), or None."""
    value = tags.number("PixelPaddingValue")
    if value is None:
        return None
    limit = tags.number("PixelPaddingRangeLimit")
    ends = sorted(_wrapped(int(end), lowest) for end in (value, value if limit is None else limit))
    first, last = max(ends[0], lowest), min(ends[1], lowest + 2**bits - 1)
    return (first, last) if first <= last else None


def is_padding(stored: NDArray[np.integer], padding: tuple[int, int] | None) -> NDArray[np.bool_]:
    """Which stored values mark padding, bool of the same shape."""
    if padding is None:
        return np.zeros(stored.shape, dtype=bool)
    return (stored >= padding[0]) & (stored <= padding[1])


def stored_range(lowest: int, bits: int) -> NDArray[np.int64]:
    """Every value that the file can store, int64 [2^bits]."""
    return np.arange(lowest, lowest + 2**bits)


def _window(tags: Tags, number: int, centre: float, width: float, function: str) -> Window | None:
    if not (math.isfinite(centre) and math.isfinite(width)) or width <= 0 or (function == "LINEAR" and width < 1):
        return None
    return Window(centre, width, function, _explanation(tags.values("WindowCenterWidthExplanation"), number))


def _explanation(values: list, number: int) -> str:
    text = str(values[number]).strip() if number < len(values) else ""
    return text.capitalize() if text and set(text.upper().split()) <= EXPLANATIONS else ""


def _table(item: Tags, *, signed: bool) -> Table | None:
    """A lookup table, or None where it is damaged."""
    descriptor, data = item.numbers("LUTDescriptor"), item.values("LUTData")
    if len(descriptor) != 3 or not all(math.isfinite(number) for number in descriptor) or not data:
        return None
    count, first, bits = (int(number) for number in descriptor)
    count = count & 0xFFFF or 65536
    entries = _entries(data, count, "<" if item.little_endian else ">")
    if len(entries) < count or not 1 <= bits <= 16:
        return None
    if signed and first > 32767:
        first -= 65536
    elif not signed and first < 0:
        entries, first = entries[-first:], 0
    # Some files declare fewer bits than their entries have.
    return Table(first, entries, max(bits, int(entries.max()).bit_length())) if len(entries) else None


def _entries(data: list, count: int, order: str) -> NDArray[np.uint16]:
    if not isinstance(data[0], bytes):
        return np.array([int(number) & 0xFFFF for number in data[:count]], dtype=np.uint16)
    kind = f"{order}u2" if len(data[0]) >= 2 * count else "u1"
    return np.frombuffer(data[0][: count * int(kind[-1])], kind).astype(np.uint16)


def _wrapped(value: int, lowest: int) -> int:
    """A padding value that was written with the other sign, as the pixels have it."""
    if lowest < 0 and value > 32767:
        return value - 65536
    return value & 0xFFFF if lowest == 0 else value
