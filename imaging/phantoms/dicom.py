"""A phantom as a DICOM file: DX or MG for presentation, marked as synthetic wherever the standard has a place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    DigitalMammographyXRayImageStorageForPresentation,
    DigitalXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
    JPEGLSLossless,
    generate_uid,
)

from imaging.phantoms.phantom import Phantom

MODEL = "Adversarial Reading Room phantom"
BITS = 12
VIEWS = {  # PS3.16 CID 4014
    "CC": ("399162004", "SCT", "cranio-caudal"),
    "MLO": ("399368009", "SCT", "medio-lateral oblique"),
}
ORIENTATION = {  # where rows and columns run to: the chest wall is left of a left breast, the outer half of a CC is up
    ("L", "CC"): ["A", "R"],
    ("R", "CC"): ["P", "L"],
    ("L", "MLO"): ["A", "FR"],
    ("R", "MLO"): ["P", "FL"],
}


def write_dicom(phantom: Phantom, path: str | Path) -> None:
    """Writes `phantom` to `path`: 12 of 16 bits, MONOCHROME2, JPEG-LS lossless; the same phantom gives the same bytes.

    QualityControlSubject (0010,0200), QualityControlImage (0028,0300) and SyntheticData (0008,001C) are "YES": no
    patient is in it. Name and identifiers are made up; dates and times are empty.
    """
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.update(_identity(phantom))
    dataset.update(_image(phantom))
    dataset.update(_breast(phantom) if phantom.modality == "mammogram" else _chest(phantom))
    stored = np.rint(phantom.pixels * (2**BITS - 1)).astype("<u2")
    dataset.Rows, dataset.Columns = stored.shape
    dataset.PixelData = stored.tobytes()
    dataset.compress(JPEGLSLossless, encoding_plugin="pyjpegls", generate_instance_uid=False)
    dataset.save_as(path, enforce_file_format=True)


def _identity(phantom: Phantom) -> Dataset:
    """Patient, study, series and equipment."""
    about = Dataset()
    p = phantom
    name = f"{p.seed} {p.view} {p.age} {p.sex} {p.lesion} {p.variants} {p.pixels.shape}"
    name += f"{p.laterality}{p.density}" if p.modality == "mammogram" else ""
    about.SOPInstanceUID = generate_uid(entropy_srcs=[MODEL, "instance", name])
    about.StudyInstanceUID = generate_uid(entropy_srcs=[MODEL, "study", name])
    about.SeriesInstanceUID = generate_uid(entropy_srcs=[MODEL, "series", name])
    about.SpecificCharacterSet = "ISO_IR 192"
    about.PatientID = f"PHANTOM-{phantom.seed}"
    about.PatientBirthDate = ""
    about.PatientSex = phantom.sex
    about.PatientAge = f"{int(phantom.age * 12):03d}M" if phantom.age < 2 else f"{int(phantom.age):03d}Y"
    about.QualityControlSubject = "YES"
    about.StudyDate = about.StudyTime = about.StudyID = about.AccessionNumber = about.ReferringPhysicianName = ""
    about.SeriesNumber = about.InstanceNumber = 1
    about.PresentationIntentType = "FOR PRESENTATION"
    about.Manufacturer = "Adversarial Reading Room"
    about.ManufacturerModelName = MODEL
    return about


def _image(phantom: Phantom) -> Dataset:
    """Geometry, pixel format and display."""
    image = Dataset()
    image.ImageType = ["DERIVED", "PRIMARY"]
    image.SyntheticData = image.QualityControlImage = "YES"
    image.ImageComments = "Digital phantom. Not a patient."
    image.ViewPosition = phantom.view
    image.AcquisitionContextSequence = []
    image.ContentDate = image.ContentTime = image.AcquisitionDate = image.AcquisitionTime = ""
    image.DetectorType = "DIRECT"
    image.ImagerPixelSpacing = image.PixelSpacing = [round(mm, 6) for mm in phantom.spacing]
    image.SamplesPerPixel = 1
    image.PhotometricInterpretation = "MONOCHROME2"
    image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 16, BITS, BITS - 1, 0
    image.PixelIntensityRelationship, image.PixelIntensityRelationshipSign = "LOG", -1
    image.RescaleIntercept, image.RescaleSlope, image.RescaleType = 0, 1, "US"
    image.WindowCenter, image.WindowWidth = 2 ** (BITS - 1), 2**BITS
    image.PresentationLUTShape = "IDENTITY"
    image.BurnedInAnnotation = "NO"
    image.LossyImageCompression = "00"
    return image


def _chest(phantom: Phantom) -> Dataset:
    """What makes it a chest film: PS3.3 A.26.1."""
    chest = Dataset()
    chest.SOPClassUID, chest.Modality = DigitalXRayImageStorageForPresentation, "DX"
    chest.PatientName = "PHANTOM^CHEST"
    chest.DerivationDescription = "Drawn from a mathematical model of the chest"
    chest.BodyPartExamined, chest.ImageLaterality = "CHEST", "U"
    chest.PatientOrientation = ["L", "F"]
    chest.AnatomicRegionSequence = [_code("51185008", "SCT", "Chest")]
    return chest


def _breast(phantom: Phantom) -> Dataset:
    """What makes it a mammogram: PS3.3 A.27 and C.8.11.7. The standard has no place for density in an image."""
    breast = Dataset()
    breast.SOPClassUID, breast.Modality = DigitalMammographyXRayImageStorageForPresentation, "MG"
    breast.PatientName = "PHANTOM^BREAST"
    breast.DerivationDescription = "Drawn from a mathematical model of the breast"
    breast.BodyPartExamined, breast.OrganExposed, breast.ImageLaterality = "BREAST", "BREAST", phantom.laterality
    breast.PatientOrientation = ORIENTATION[phantom.laterality, phantom.view]
    breast.AnatomicRegionSequence = [_code("76752008", "SCT", "Breast")]
    view = _code(*VIEWS[phantom.view])
    view.ViewModifierCodeSequence = []
    breast.ViewCodeSequence = [view]
    breast.PositionerType = "MAMMOGRAPHIC"
    breast.BodyPartThickness = round(phantom.thickness, 1)
    breast.PartialView = breast.BreastImplantPresent = "NO"
    return breast


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return code
