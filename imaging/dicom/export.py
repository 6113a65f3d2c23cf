"""Writing a DICOM back: a fresh dataset from a list of tags that may stay, so that nothing can slip through."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage, generate_uid
from pydicom.valuerep import format_number_as_ds

from imaging.dicom.display import Display
from imaging.dicom.facts import Facts
from imaging.dicom.tags import Tags
from imaging.notices import ALTERED, UNALTERED
from imaging.scale import Scale

CLASSES = {  # single-frame images: CR, DX, MG, IO (for presentation, for processing), CT, MR, XA, RF, US
    *(f"1.2.840.10008.5.1.4.1.1.1{part}" for part in ("", ".1", ".1.1", ".2", ".2.1", ".3", ".3.1")),
    *(f"1.2.840.10008.5.1.4.1.1.{part}" for part in ("2", "4", "12.1", "12.2", "6.1")),
}
BODY_PARTS = {
    "CHEST", "LUNG", "THORAX", "BREAST", "ABDOMEN", "HAND", "FOOT", "HEAD", "SKULL", "SPINE", "PELVIS", "KNEE",
    "SHOULDER", "HIP",
}  # fmt: skip
CODES = {
    "BurnedInAnnotation": {"YES", "NO"},
    "BodyPartExamined": BODY_PARTS,
    "PresentationIntentType": {"FOR PRESENTATION", "FOR PROCESSING"},
    "PixelIntensityRelationship": {"LIN", "LOG", "DISP"},
    "PixelSpacingCalibrationType": {"GEOMETRY", "FIDUCIAL"},
    "BreastImplantPresent": {"YES", "NO"},
    "LossyImageCompressionMethod": {"ISO_10918_1", "ISO_14495_1", "ISO_15444_1", "ISO_15444_15"},
    "QualityControlSubject": {"YES", "NO"},
    "QualityControlImage": {"YES", "NO", "BOTH"},
    "SyntheticData": {"YES", "NO"},
}
DECIMALS = (
    "KVP",
    "DistanceSourceToDetector",
    "DistanceSourceToPatient",
    "BodyPartThickness",
    "CompressionForce",
    "LossyImageCompressionRatio",
)
INTEGERS = ("ExposureTime", "XRayTubeCurrent", "Exposure")
LARGEST_INTEGER = 2**31 - 1
METHOD = "Only listed technical tags were kept; all others removed"


@dataclass(frozen=True)
class Origin:
    """Where a frame came from: hash of its file, which of how many frames, and whether it was altered before."""

    sha256: str
    frame: int
    frames: int
    altered: bool


@dataclass(frozen=True, eq=False)
class DicomSource:
    """Writes a frame back as an uncompressed single-frame DICOM with its display window and technical tags."""

    stored: NDArray[np.integer]
    scale: Scale
    display: Display
    kept: Dataset
    origin: Origin

    def encode(self, stored: NDArray[np.integer]) -> bytes:
        """Bytes of the file that holds `stored`, integers [H, W]. A file of several frames becomes one of one frame."""
        altered = self.origin.altered or not np.array_equal(stored, self.stored)
        dataset = Dataset()
        dataset.update(self.kept)
        dataset.ImageType = ["DERIVED", "SECONDARY"]
        dataset.DerivationDescription = self._description(altered)
        dataset.PatientIdentityRemoved, dataset.DeidentificationMethod = "YES", METHOD
        self._identify(dataset, stored)
        self._describe_pixels(dataset, stored)
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        out = io.BytesIO()
        dataset.save_as(out, enforce_file_format=True)
        return out.getvalue()

    def _description(self, altered: bool) -> str:
        origin = self.origin
        part = f" Frame {origin.frame + 1} of {origin.frames} of the source." if origin.frames > 1 else ""
        return (ALTERED if altered else UNALTERED) + part

    def _identify(self, dataset: Dataset, stored: NDArray[np.integer]) -> None:
        """New UIDs from hashes: the same radiograph gives the same file, copies of one file share a study."""
        source = self.origin.sha256
        content = hashlib.sha256(np.ascontiguousarray(stored)).hexdigest()
        dataset.StudyInstanceUID = generate_uid(entropy_srcs=["study", source])
        dataset.SeriesInstanceUID = generate_uid(entropy_srcs=["series", source])
        shown = f"{self.origin.frame} {hashlib.sha256(self.scale.display).hexdigest()}"
        dataset.SOPInstanceUID = generate_uid(entropy_srcs=["image", source, shown, content])
        dataset.SeriesNumber, dataset.InstanceNumber = 1, 1

    def _describe_pixels(self, dataset: Dataset, stored: NDArray[np.integer]) -> None:
        display = self.display
        width = 8 if display.bits <= 8 else 16
        dataset.Rows, dataset.Columns = stored.shape
        dataset.SamplesPerPixel, dataset.PixelRepresentation = 1, int(display.lowest < 0)
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = width, display.bits, display.bits - 1
        dataset.PhotometricInterpretation = "MONOCHROME1" if display.inverted else "MONOCHROME2"
        dataset.PresentationLUTShape = "INVERSE" if display.inverted else "IDENTITY"
        display.modality.describe(dataset)
        display.voi.describe(dataset)
        if display.padding is not None:
            kind = "SS" if display.lowest < 0 else "US"
            dataset.add_new("PixelPaddingValue", kind, display.padding[0])
            dataset.add_new("PixelPaddingRangeLimit", kind, display.padding[1])
        data = stored.astype(f"<{'i' if display.lowest < 0 else 'u'}{width // 8}").tobytes()
        dataset.add_new("PixelData", "OB" if width == 8 else "OW", data + b"\x00" * (len(data) % 2))


def technical_tags(tags: Tags, known: Facts, *, lossy: bool) -> Dataset:
    """A fresh dataset with the tags that may stay. Text is taken from closed vocabularies only, never copied."""
    kept = Dataset()
    kind = str(next(iter(tags.values("SOPClassUID")), ""))
    kept.SOPClassUID = kind if kind in CLASSES else SecondaryCaptureImageStorage
    named = {
        "Modality": known.modality,
        "ViewPosition": known.view,
        "ImageLaterality": known.laterality,
        "PatientSex": known.sex,
        "PatientAge": known.age,
        "LossyImageCompression": "01" if lossy else None,
        **{keyword: tags.code(keyword, allowed) for keyword, allowed in CODES.items()},
        **{keyword: _decimal(tags.number(keyword)) for keyword in DECIMALS},
        **{keyword: _integer(tags.number(keyword)) for keyword in INTEGERS},
        "PatientOrientation": _orientation(tags),
        **{
            keyword: [format_number_as_ds(number) for number in spacing]
            for keyword in ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing")
            if (spacing := _pair(tags, keyword))
        },
    }
    for keyword, value in named.items():
        if value is not None:
            setattr(kept, keyword, value)
    return kept


def _decimal(number: float | None) -> str | None:
    return None if number is None else format_number_as_ds(number)


def _integer(number: float | None) -> int | None:
    return None if number is None or abs(number) > LARGEST_INTEGER else int(number)


def _pair(tags: Tags, keyword: str) -> list[float] | None:
    numbers = tags.numbers(keyword)
    return numbers if len(numbers) == 2 and all(0 < number < 100 for number in numbers) else None


def _orientation(tags: Tags) -> list[str] | None:
    sides = [str(side).strip().upper() for side in tags.values("PatientOrientation")]
    return sides if len(sides) == 2 and all(re.fullmatch("[APRLHF]{1,3}", side) for side in sides) else None
