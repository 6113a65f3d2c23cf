"""Radiograph files made for the tests: an 8-bit PNG, and 12-bit DICOM with a window, black or white first."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid


def film(height: int = 48, width: int = 40, seed: int = 0) -> NDArray[np.float64]:
    """A smooth picture with some noise, float `[height, width]` in [0, 1]."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width] / max(height, width)
    shape = 0.5 + 0.3 * np.sin(5 * rows + seed) * np.cos(4 * columns)
    return np.clip(shape + rng.normal(0, 0.02, shape.shape), 0, 1)


def png(picture: NDArray[np.float64]) -> bytes:
    """An 8-bit grey PNG."""
    out = io.BytesIO()
    Image.fromarray(np.round(picture * 255).astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


def dicom(
    picture: NDArray[np.float64],
    *,
    bits: int = 12,
    photometric: str = "MONOCHROME2",
    window: tuple[float, float] | None = (2000, 3000),
    padding: int | None = None,
) -> bytes:
    """A digital radiograph whose stored values span the whole range of `bits`; `window` is (centre, width)."""
    stored = np.round(picture * (2**bits - 1)).astype(np.uint16)
    dataset = Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.1.1", generate_uid()
    dataset.Modality, dataset.PatientSex, dataset.PatientAge = "DX", "F", "054Y"
    dataset.Rows, dataset.Columns = stored.shape
    dataset.SamplesPerPixel, dataset.PixelRepresentation = 1, 0
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, bits, bits - 1
    dataset.PhotometricInterpretation = photometric
    if window is not None:
        dataset.WindowCenter, dataset.WindowWidth = window
    if padding is not None:
        stored[:, :3] = padding
        dataset.PixelPaddingValue = padding
    dataset.PixelData = stored.tobytes()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    out = io.BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    return out.getvalue()
