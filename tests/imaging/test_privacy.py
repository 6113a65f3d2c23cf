"""Nothing that names a patient, a person or a place gets into the record, a message, a log or a written file."""

import copy
import io
import logging
import pickle

import numpy as np
import pydicom
import pytest
from PIL.PngImagePlugin import PngInfo
from pydicom.datadict import DicomDictionary, keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.tag import Tag

import imaging
from tests.imaging.files import dicom, one_level_on, picture, ramp, sample, saved, table

SECRET = "ZXQSECRET"
TEXT = {"AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UT", "UR"}
IMAGE = {"PhotometricInterpretation", "PixelData"}  # without these it is no image


def text_of(vr: str) -> str:
    return f"{SECRET}^JANE" if vr == "PN" else SECRET


def planted() -> bytes:
    """A radiograph with the secret in every text tag that the standard knows, in private tags and nested ones."""
    dataset = pydicom.dcmread(io.BytesIO(dicom(ramp(), WindowCenter=2048, WindowWidth=4096)))
    for tag, (vr, *_rest) in DicomDictionary.items():
        keyword = keyword_for_tag(tag)
        group = Tag(tag).group
        if vr in TEXT and keyword not in IMAGE and 0x0008 <= group < 0x7FE0 and group != 0x5400:
            dataset.add_new(tag, vr, text_of(vr))
    dataset.Modality, dataset.PatientSex, dataset.PatientAge = "DX", "F", "054Y"
    dataset.PatientBirthDate, dataset.StudyDate = "19610203", "20200304"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.SOPInstanceUID = "1.9.8.7", "1.9.8.7.1", "1.9.8.7.1.1"
    block = dataset.private_block(0x0011, SECRET, create=True)
    block.add_new(1, "LO", SECRET)
    nested, deeper = Dataset(), Dataset()
    deeper.PatientName = f"{SECRET}^NESTED"
    nested.ReferencedPatientPhotoSequence, nested.PatientComments = [deeper], SECRET
    dataset.RequestAttributesSequence = [nested]
    dataset.OtherPatientIDsSequence = [nested]
    voi = table(0, [0, 255], 8)
    voi.LUTExplanation = SECRET
    modality = table(0, list(range(4096)), 12)
    modality.ModalityLUTType, modality.LUTExplanation = SECRET, SECRET
    dataset.VOILUTSequence, dataset.ModalityLUTSequence = [voi], [modality]
    code = Dataset()
    code.CodeValue, code.CodeMeaning, code.CodingSchemeDesignator = SECRET, SECRET, SECRET
    dataset.ViewCodeSequence = [code]
    return saved(dataset)


PLANTED = planted()


@pytest.fixture
def radiograph() -> imaging.Radiograph:
    return imaging.read(PLANTED)


def test_the_secret_really_is_in_the_file():
    assert PLANTED.count(SECRET.encode()) > 500


def test_nothing_in_a_written_file(radiograph):
    for altered in (radiograph, radiograph.with_pixels(one_level_on(radiograph))):
        written = imaging.encode(altered)
        assert SECRET.encode() not in written
        for identifier in (b"19610203", b"20200304", b"1.9.8.7"):
            assert identifier not in written


def test_nothing_in_the_record(radiograph):
    assert SECRET not in repr(radiograph)
    assert SECRET not in str(radiograph)
    assert SECRET not in " ".join((*radiograph.warnings, *radiograph.windows))
    assert SECRET.encode() not in pickle.dumps(radiograph)
    assert SECRET not in repr(vars(radiograph.source))
    assert (radiograph.sex, radiograph.age, radiograph.modality) == ("F", 54, "DX")


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_nothing_in_messages_logs_or_warnings(caplog, capfd, recwarn):
    broken = {
        "WindowCenter": "NaN",
        "PatientAge": "054Y",
        "StudyInstanceUID": SECRET,
        "PatientID": SECRET * 30,
        "PixelSpacing": ["1", "2"],
    }
    dataset = pydicom.dcmread(io.BytesIO(dicom(ramp(), **broken)))
    data = saved(dataset).replace(b"054Y", SECRET[:4].encode())
    caplog.set_level(logging.DEBUG)
    recwarn.clear()
    imaging.encode(imaging.read(data))
    for cut in range(140, len(data), 97):
        with pytest.raises(imaging.UnreadableImage) as caught:
            imaging.read(data[:cut])
        assert SECRET not in str(caught.value)
    assert SECRET not in caplog.text
    assert SECRET not in "".join(capfd.readouterr())
    assert not [warning for warning in recwarn if SECRET[:4] in str(warning.message)]


def test_what_a_written_file_holds(radiograph):
    written = pydicom.dcmread(io.BytesIO(imaging.encode(radiograph.with_pixels(one_level_on(radiograph)))))
    assert written.ImageType == ["DERIVED", "SECONDARY"]
    assert written.DerivationDescription == "Adversarially altered for education: not for diagnosis."
    assert written.PatientIdentityRemoved == "YES"
    assert written.DeidentificationMethod
    assert not [
        element for element in written.iterall() if element.VR in ("PN", "DA", "TM", "DT") or element.tag.is_private
    ]
    assert not {"PatientID", "AccessionNumber", "InstitutionName", "StudyID"} & {element.keyword for element in written}
    assert written.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"


def test_new_uids_that_depend_on_the_picture_alone():
    file = dicom(ramp(), StudyInstanceUID="1.9.8.7", SeriesInstanceUID="1.9.8.7.1", BurnedInAnnotation="YES")
    radiograph = imaging.read(file)
    altered = radiograph.with_pixels(one_level_on(radiograph))
    plain, changed = (pydicom.dcmread(io.BytesIO(imaging.encode(each))) for each in (radiograph, altered))
    assert plain.StudyInstanceUID == changed.StudyInstanceUID != "1.9.8.7"
    assert plain.SeriesInstanceUID == changed.SeriesInstanceUID != "1.9.8.7.1"
    assert len({plain.SOPInstanceUID, changed.SOPInstanceUID, "1.2.3.4"}) == 3
    assert imaging.encode(altered) == imaging.encode(imaging.read(file).with_pixels(altered.pixels))
    assert plain.BurnedInAnnotation == changed.BurnedInAnnotation == "YES"
    assert "no pixel was adversarially altered" in plain.DerivationDescription


def test_an_altered_file_says_so_ever_after():
    for file in (dicom(ramp()), picture(ramp(8).astype(np.uint8)), picture(ramp(16).astype(np.uint16), "TIFF")):
        radiograph = imaging.read(file)
        again = imaging.read(imaging.encode(radiograph))
        assert "adversarially altered" not in " ".join(again.warnings)
        altered = imaging.read(imaging.encode(radiograph.with_pixels(one_level_on(radiograph))))
        assert "adversarially altered" in " ".join(altered.warnings)
        third = imaging.read(imaging.encode(altered))
        assert "adversarially altered" in " ".join(third.warnings)


def test_a_lossy_source_stays_marked_as_lossy():
    plain = pydicom.dcmread(io.BytesIO(imaging.encode(imaging.read(dicom(ramp())))))
    assert "LossyImageCompression" not in plain
    written = imaging.encode(imaging.read(sample("SC_rgb_jpeg_dcmtk.dcm")))
    assert pydicom.dcmread(io.BytesIO(written)).LossyImageCompression == "01"
    assert "compressed with loss" in " ".join(imaging.read(written).warnings)


def test_a_text_chunk_of_a_picture_is_not_copied():
    text = PngInfo()
    text.add_text("Author", SECRET)
    text.add_text("Description", SECRET)
    radiograph = imaging.read(picture(ramp(8).astype(np.uint8), pnginfo=text))
    assert SECRET not in repr(radiograph)
    assert SECRET.encode() not in imaging.encode(radiograph)


def test_copies_hold_no_more_than_the_record(radiograph):
    twin = copy.deepcopy(radiograph)
    np.testing.assert_array_equal(twin.pixels, radiograph.pixels)
    assert imaging.encode(twin) == imaging.encode(radiograph)
