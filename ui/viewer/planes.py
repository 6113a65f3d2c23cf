"""Grey planes (films, saliency maps, masks) as bytes that the browser turns back into the very same grey levels.

A payload is `length (uint32, little endian) · JSON header · zlib body`. The body holds what is left after prediction,
modulo 2^depth: from the row above (coding "rows"), or from the base plane (coding "difference"). Planes of 8-bit
sources take one byte a pixel, others two bytes in two separate runs, high bytes first.
"""

import hashlib
import json
import struct
import weakref
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

TOP = 65535
EIGHT_BIT_STEP = 257

Coding = Literal["rows", "difference"]


@dataclass(frozen=True, eq=False)
class Plane:
    """Grey levels uint16 `[H, W]`, 0 = black and 65535 = white; two planes are equal when their levels are."""

    levels: NDArray[np.uint16]
    digest: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plane) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    @property
    def eight_bit(self) -> bool:
        """Whether every level is one of 0, 257, … 65535, the levels of an 8-bit file."""
        return not np.any(self.levels % EIGHT_BIT_STEP)


def plane(values: NDArray[np.floating] | NDArray[np.bool_]) -> Plane:
    """Round `[H, W]` values in `[0, 1]` to 65535 steps; k / 255 becomes exactly 257 k.

    What came of a read-only array is remembered for as long as the array lives.
    """
    if values.flags.writeable:
        return _round(values)
    known = _of_read_only.get(id(values))
    if known is None:
        known = _of_read_only[id(values)] = _round(values)
        weakref.finalize(values, _of_read_only.pop, id(values), None)
    return known


_of_read_only: dict[int, Plane] = {}


def _round(values: NDArray[np.floating] | NDArray[np.bool_]) -> Plane:
    levels = np.rint(values * np.float32(TOP)).astype(np.uint16)
    digest = hashlib.sha256(str(levels.shape).encode() + levels.tobytes()).hexdigest()[:24]
    return Plane(levels, digest)


@lru_cache(maxsize=24)
def payload(subject: Plane, base: Plane | None = None) -> bytes:
    """The bytes to send for `subject`: as a difference to `base` where there is one of the same size."""
    comparable = base is not None and base != subject and base.levels.shape == subject.levels.shape
    return _pack(subject, base if comparable else None)


def _pack(subject: Plane, base: Plane | None) -> bytes:
    narrow = subject.eight_bit and (base is None or base.eight_bit)
    kind, step = (np.uint8, EIGHT_BIT_STEP) if narrow else (np.uint16, 1)
    numbers = (subject.levels // step).astype(kind)
    if base is None:
        residue = np.diff(numbers, axis=0, prepend=np.zeros((1, numbers.shape[1]), kind))
    else:
        residue = numbers - (base.levels // step).astype(kind)
    height, width = numbers.shape
    coding: Coding = "rows" if base is None else "difference"
    header = {
        "digest": subject.digest,
        "width": width,
        "height": height,
        "depth": 8 if narrow else 16,
        "coding": coding,
        "base": base.digest if base else None,
    }
    halves = [residue] if narrow else [(residue >> 8).astype(np.uint8), residue.astype(np.uint8)]
    # Residues are noise: matching strings costs ten times the time and makes the body larger.
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS, 9, zlib.Z_RLE)
    body = packer.compress(b"".join(half.tobytes() for half in halves)) + packer.flush()
    text = json.dumps(header).encode()
    return struct.pack("<I", len(text)) + text + body
