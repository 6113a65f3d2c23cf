"""DICOM and picture files made for the tests of this room."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import DigitalXRayImageStorageForPresentation, ExplicitVRBigEndian, ExplicitVRLittleEndian

from imaging import Radiograph


def dicom(
    stored: NDArray[np.integer],
    *,
    bits: int = 12,
    signed: bool = False,
    allocated: int | None = None,
    syntax: str = ExplicitVRLittleEndian,
    **tags: Any,
) -> bytes:
    """A DICOM file with these stored values, integers [H, W] (or [frames, H, W]); a tag given as None is left out."""
    allocated = allocated or (8 if bits <= 8 else 16)
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = DigitalXRayImageStorageForPresentation, "1.2.3.4"
    dataset.Modality = "DX"
    dataset.Rows, dataset.Columns = stored.shape[-2:]
    dataset.SamplesPerPixel, dataset.PixelRepresentation = 1, int(signed)
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = allocated, bits, bits - 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    if stored.ndim == 3:
        dataset.NumberOfFrames = len(stored)
    data = stored.astype(f"<{'i' if signed else 'u'}{allocated // 8}").tobytes()
    dataset.add_new("PixelData", "OB" if allocated == 8 else "OW", data + b"\x00" * (len(data) % 2))
    for keyword, value in tags.items():
        if value is None:
            delattr(dataset, keyword)
        else:
            setattr(dataset, keyword, value)
    return saved(dataset, syntax)


def saved(dataset: Dataset, syntax: str = ExplicitVRLittleEndian) -> bytes:
    """The bytes of a dataset."""
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.file_meta.MediaStorageSOPClassUID = dataset.get("SOPClassUID", DigitalXRayImageStorageForPresentation)
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.get("SOPInstanceUID", "1.2.3.4")
    out = io.BytesIO()
    big = syntax == ExplicitVRBigEndian
    dataset.save_as(out, implicit_vr=False, little_endian=not big, enforce_file_format=True)
    return out.getvalue()


def table(first: int, entries: list[int], bits: int, vr: str = "US") -> Dataset:
    """An item of a modality or VOI LUT sequence."""
    item = Dataset()
    item.add_new("LUTDescriptor", vr, [len(entries) % 65536, first, bits])
    item.add_new("LUTData", "OW", np.array(entries, "<u2").tobytes())
    return item


def picture(pixels: NDArray[np.integer], kind: str = "PNG", **options: Any) -> bytes:
    """A PNG, JPEG or TIFF of these pixels."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, **options)
    return out.getvalue()


def sample(name: str) -> bytes:
    """One of the files that ship inside pydicom."""
    path = get_testdata_file(name, download=False)
    assert path, f"pydicom no longer ships {name}"
    with open(path, "rb") as file:
        return file.read()


def ramp(bits: int = 12, rows: int = 64, columns: int = 64, *, signed: bool = False) -> NDArray[np.int64]:
    """Stored values, integers [rows, columns], evenly from the lowest to the highest that `bits` can hold."""
    lowest = -(2 ** (bits - 1)) if signed else 0
    values = np.linspace(lowest, lowest + 2**bits - 1, rows * columns)
    return np.rint(values).astype(np.int64).reshape(rows, columns)


def one_level_on(radiograph: Radiograph) -> NDArray[np.float32]:
    """Pixels, float32 [H, W], each one storable level brighter, or darker where it is white; padding as it is."""
    levels = radiograph.source.scale.levels
    here = np.searchsorted(levels, radiograph.pixels)
    there = np.where(here + 1 < len(levels), here + 1, here - 1)
    return np.where(radiograph.padding, radiograph.pixels, levels[there])
