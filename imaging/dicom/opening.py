"""From bytes to a pydicom dataset, without trusting them."""

from __future__ import annotations

import io
import logging
import struct
import zlib

import pydicom
from pydicom.dataset import Dataset, FileDataset
from pydicom.filereader import read_preamble
from pydicom.uid import DeflatedExplicitVRLittleEndian, EncapsulatedPDFStorage, MediaStorageDirectoryStorage

from imaging.radiograph import UnreadableImage

# pydicom quotes the values that it complains of, and a value may be a name.
logging.getLogger("pydicom").setLevel(logging.CRITICAL)

LARGEST_INFLATED = 2**28  # bytes, twice what the largest radiograph takes
CHUNK = 2**20
FIRST_GROUPS = (0x0002, 0x0008)  # a file without preamble starts with one of these
PDF = "This file is a PDF document inside a DICOM file and holds no image: choose the image itself."
WITHOUT_PIXELS = {
    EncapsulatedPDFStorage: PDF,
    MediaStorageDirectoryStorage: "This is the index of a disc (DICOMDIR), not an image: choose one of its images.",
}
STRUCTURED_REPORT = "1.2.840.10008.5.1.4.1.1.88."


def looks_like(data: bytes) -> bool:
    """True if the bytes begin as DICOM: `DICM` after the preamble, or a first tag where there is no preamble."""
    if data[128:132] == b"DICM":
        return True
    if len(data) < 8:
        return False
    little, big = (struct.unpack_from(order + "HH", data) for order in "<>")
    return any(group in FIRST_GROUPS and element <= 0x0070 for group, element in (little, big))


def open_dataset(data: bytes) -> FileDataset:
    """Parse DICOM bytes. Raises UnreadableImage for what is no image, or whatever pydicom raises on damaged bytes."""
    _check_deflated(data)
    dataset = pydicom.dcmread(io.BytesIO(data), force=True)
    if "PixelData" not in dataset:
        raise UnreadableImage(_without_pixels(dataset))
    return dataset


def _check_deflated(data: bytes) -> None:
    """Refuse a deflated file that would inflate beyond all measure (a decompression bomb)."""
    stream = io.BytesIO(data)
    read_preamble(stream, force=True)
    meta = pydicom.filereader._read_file_meta_info(stream)
    if meta.get("TransferSyntaxUID") != DeflatedExplicitVRLittleEndian:
        return
    inflater, rest, size = zlib.decompressobj(-zlib.MAX_WBITS), stream.read(), 0
    while rest and not inflater.eof:
        size += len(inflater.decompress(rest, CHUNK))
        rest = inflater.unconsumed_tail
        if size > LARGEST_INFLATED:
            raise UnreadableImage("This file unpacks to far more than a radiograph takes: export it again.")


def _without_pixels(dataset: Dataset) -> str:
    kind = str(dataset.get("SOPClassUID") or dataset.file_meta.get("MediaStorageSOPClassUID") or "")
    if kind in WITHOUT_PIXELS:
        return WITHOUT_PIXELS[kind]
    if "DirectoryRecordSequence" in dataset:
        return WITHOUT_PIXELS[MediaStorageDirectoryStorage]
    if kind.startswith(STRUCTURED_REPORT):
        return "This file is a report and holds no image: choose the image itself."
    if "FloatPixelData" in dataset or "DoubleFloatPixelData" in dataset:
        return "This file holds decimal numbers without grey levels: choose the radiograph itself."
    if kind:
        return "This DICOM file holds no image (another kind of document, or cut short): choose the image itself."
    return "This file is no image: choose a DICOM, PNG, JPEG or TIFF file."
