"""From a dataset to the stored values of one frame, with every size checked before memory is taken."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import FileDataset
from pydicom.pixels import apply_color_lut
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLSNearLossless,
)

from imaging import limits
from imaging.dicom.codecs import decode, find_decoder
from imaging.dicom.codestream import declared_size
from imaging.dicom.tags import Tags
from imaging.radiograph import UnreadableImage

MAY_LOSE = {JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLSNearLossless, JPEG2000, HTJ2K}
TRUNCATED = "The image in this file is damaged or cut short: export or copy it again."


def is_lossy(dataset: FileDataset, tags: Tags) -> bool:
    """True if the file says that it was compressed with loss, or says nothing and its codec may lose."""
    said = tags.code("LossyImageCompression", {"00", "01"})
    return said == "01" or (said is None and _syntax(dataset) in MAY_LOSE)


def frame_count(tags: Tags) -> int:
    """Number of frames that the file says it has, at least one."""
    return max(1, tags.integer("NumberOfFrames", 1))


def is_colour(tags: Tags) -> bool:
    """True if the frame has to be turned into grey."""
    return (
        tags.integer("SamplesPerPixel", 1) > 1 or tags.code("PhotometricInterpretation", {"PALETTE COLOR"}) is not None
    )


def bits_stored(tags: Tags) -> int:
    """Bits stored, 2 to 16; raises UnreadableImage for others."""
    allocated = tags.integer("BitsAllocated", 0)
    bits = tags.integer("BitsStored", allocated)
    if allocated not in (8, 16) or not 2 <= bits <= allocated:
        raise UnreadableImage(
            f"This image is stored with {bits or 'an unknown number of'} bits a pixel: export it with 8 to 16."
        )
    return bits


def stored_values(dataset: FileDataset, tags: Tags, frame: int) -> NDArray[np.integer]:
    """Stored values of a grey frame, integers [H, W]; overlays in unused bits are masked off (PS3.5 8.1.1)."""
    bits = bits_stored(tags)
    values = _decode(dataset, tags, frame, raw=True)
    if values.ndim != 2 or 8 * values.dtype.itemsize < bits:
        raise UnreadableImage(TRUNCATED)
    signed = tags.integer("PixelRepresentation", 0) == 1
    values = values.astype(values.dtype.newbyteorder("="), copy=False)
    values = values.view(f"{'i' if signed else 'u'}{values.dtype.itemsize}")
    width = 8 * values.dtype.itemsize
    high = tags.integer("HighBit", bits - 1) if not _syntax(dataset).is_compressed else bits - 1
    if not bits - 1 <= high < width:
        high = bits - 1
    return (values << (width - 1 - high)) >> (width - bits)


def colour_values(dataset: FileDataset, tags: Tags, frame: int) -> NDArray[np.uint8]:
    """A colour frame as RGB, uint8 [H, W, 3]; deeper ones lose their lower bits."""
    bits = bits_stored(tags)
    values = _decode(dataset, tags, frame, raw=False)
    if tags.integer("SamplesPerPixel", 1) == 1:
        values = apply_color_lut(values, dataset)
        bits = 8 * values.dtype.itemsize
    if values.ndim != 3 or values.shape[-1] < 3:
        raise UnreadableImage(TRUNCATED)
    return (values[..., :3] >> max(0, bits - 8)).astype(np.uint8)


def _decode(dataset: FileDataset, tags: Tags, frame: int, *, raw: bool) -> NDArray[np.integer]:
    rows, columns = tags.integer("Rows", 0), tags.integer("Columns", 0)
    limits.check_size(rows, columns)
    samples = tags.integer("SamplesPerPixel", 1)
    if samples not in (1, 3):
        raise UnreadableImage("This image has an unusual number of colour channels: export it as grey or RGB.")
    syntax, frames = _syntax(dataset), frame_count(tags)
    decoder = find_decoder(syntax, bits_stored(tags))
    if syntax.is_compressed:
        declared = declared_size(dataset.PixelData, frame, frames)
        if declared and declared != (rows, columns, samples):
            raise UnreadableImage(TRUNCATED)
    values = decode(dataset, syntax, decoder, frame, frames, raw=raw)
    if values is None or values.shape[:2] != (rows, columns):
        raise UnreadableImage(TRUNCATED)
    return values


def _syntax(dataset: FileDataset) -> UID:
    given = dataset.file_meta.get("TransferSyntaxUID")
    if given:
        return UID(str(given))
    implicit, little = dataset.original_encoding
    if implicit:
        return ImplicitVRLittleEndian
    return ExplicitVRLittleEndian if little else ExplicitVRBigEndian
