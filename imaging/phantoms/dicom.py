"""A phantom as a DICOM file: digital X-ray for presentation, marked as synthetic wherever the standard has a place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import DigitalXRayImageStorageForPresentation, ExplicitVRLittleEndian, JPEGLSLossless, generate_uid

from imaging.phantoms.phantom import Phantom

MODEL = "Adversarial Reading Room phantom"
BITS = 12


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
    about.SOPClassUID = DigitalXRayImageStorageForPresentation
    about.SOPInstanceUID = generate_uid(entropy_srcs=[MODEL, "instance", name])
    about.StudyInstanceUID = generate_uid(entropy_srcs=[MODEL, "study", name])
    about.SeriesInstanceUID = generate_uid(entropy_srcs=[MODEL, "series", name])
    about.SpecificCharacterSet = "ISO_IR 192"
    about.PatientName = "PHANTOM^CHEST"
    about.PatientID = f"PHANTOM-{phantom.seed}"
    about.PatientBirthDate = ""
    about.PatientSex = phantom.sex
    about.PatientAge = f"{int(phantom.age * 12):03d}M" if phantom.age < 2 else f"{int(phantom.age):03d}Y"
    about.QualityControlSubject = "YES"
    about.StudyDate = about.StudyTime = about.StudyID = about.AccessionNumber = about.ReferringPhysicianName = ""
    about.SeriesNumber = about.InstanceNumber = 1
    about.Modality = "DX"
    about.PresentationIntentType = "FOR PRESENTATION"
    about.Manufacturer = "Adversarial Reading Room"
    about.ManufacturerModelName = MODEL
    return about


def _image(phantom: Phantom) -> Dataset:
    """Anatomy, geometry, pixel format and display."""
    image = Dataset()
    image.ImageType = ["DERIVED", "PRIMARY"]
    image.DerivationDescription = "Drawn from a mathematical model of the chest"
    image.SyntheticData = image.QualityControlImage = "YES"
    image.ImageComments = "Digital phantom. Not a patient."
    image.BodyPartExamined, image.ViewPosition = "CHEST", phantom.view
    image.ImageLaterality = "U"
    image.PatientOrientation = ["L", "F"]
    image.AnatomicRegionSequence = [_code("51185008", "SCT", "Chest")]
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


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return code
