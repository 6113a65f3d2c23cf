"""What a record may say of the patient and the view: age, sex, side, projection. Each from a closed vocabulary."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from imaging.dicom.tags import Tags

RADIOGRAPHS = {"CR", "DX", "MG", "RG", "IO", "PX"}
UNDECLARED = {"OT", "SC", "DG"}
OTHER_MODALITIES = {
    "CT": "a CT",
    "MR": "an MR",
    "US": "an ultrasound",
    "IVUS": "an ultrasound",
    "NM": "a nuclear medicine",
    "PT": "a PET",
    "XA": "an angiography",
    "RF": "a fluoroscopy",
    "ES": "an endoscopy",
    "GM": "a microscopy",
    "SM": "a slide microscopy",
    "XC": "a photography",
    "OP": "an eye photography",
    "OPT": "an eye tomography",
    "OCT": "an optical tomography",
    "BMD": "a bone density",
    "RTDOSE": "a radiotherapy dose",
    "RTIMAGE": "a radiotherapy",
    "SEG": "a segmentation",
}
MODALITIES = RADIOGRAPHS | UNDECLARED | OTHER_MODALITIES.keys()
VIEWS = {
    "AP", "PA", "LL", "RL", "RLD", "LLD", "RLO", "LLO", "CC", "MLO", "ML", "LM", "LMO", "XCC", "XCCL", "XCCM", "FB",
    "SIO", "ISO", "CV", "AT", "LATERAL", "OBLIQUE", "AX",
}  # fmt: skip
VIEW_CODES = {  # SNOMED CT and its older SNOMED RT codes: PS3.16 CID 4010 and CID 4014
    "272479007": "PA", "R-40888": "PA",
    "399348003": "AP", "R-10206": "AP",
    "399173006": "LL", "R-10236": "LL",
    "399198007": "RL", "R-10232": "RL",
    "399162004": "CC", "R-10242": "CC",
    "399368009": "MLO", "R-10226": "MLO",
    "399260004": "ML", "R-10224": "ML",
    "399352003": "LM", "R-10228": "LM",
    "399099002": "LMO", "R-10230": "LMO",
}  # fmt: skip
UNITS = {"Y": 1.0, "M": 1 / 12, "W": 7 / 365.25, "D": 1 / 365.25}
OLDEST = 130


@dataclass(frozen=True)
class Facts:
    """What the tags say, in the words of `Radiograph`. Nothing in it names a person or a place."""

    modality: str | None
    view: str | None
    laterality: str | None
    sex: str | None
    age: str | None  # as DICOM writes it: "054Y"
    pixel_spacing: tuple[float, float] | None
    phantom: bool

    @property
    def years(self) -> float | None:
        """Age in years."""
        return int(self.age[:3]) * UNITS[self.age[3]] if self.age else None


def facts(tags: Tags) -> Facts:
    """Collect what the record may hold."""
    codes = [str(value) for item in tags.items("ViewCodeSequence") for value in item.values("CodeValue")]
    return Facts(
        modality=tags.code("Modality", MODALITIES),
        view=tags.code("ViewPosition", VIEWS) or next((VIEW_CODES[code] for code in codes if code in VIEW_CODES), None),
        laterality=tags.code("ImageLaterality", set("RLBU")) or tags.code("Laterality", set("RLB")),
        sex=tags.code("PatientSex", set("MFO")),
        age=_age(tags),
        pixel_spacing=_spacing(tags),
        phantom=tags.code("QualityControlSubject", {"YES"}) is not None,
    )


def _age(tags: Tags) -> str | None:
    given = next((str(value).strip().upper() for value in tags.values("PatientAge")), "")
    if re.fullmatch(r"\d{3}[YMWD]", given):
        return given
    born, taken = (_date(tags, keyword) for keyword in ("PatientBirthDate", "StudyDate"))
    days = (taken - born).days if born and taken else -1
    if not 0 <= days <= OLDEST * 365.25:
        return None
    # Whole years from two years on, whole months before: coarse enough not to give the birthday away.
    return f"{int(days / 365.25):03}Y" if days >= 2 * 365.25 else f"{int(days / 30.4375):03}M"


def _date(tags: Tags, keyword: str) -> datetime | None:
    try:
        return datetime.strptime(str(tags.values(keyword)[0]), "%Y%m%d")
    except (IndexError, ValueError):
        return None


def _spacing(tags: Tags) -> tuple[float, float] | None:
    for keyword in ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing"):
        spacing = tags.numbers(keyword)
        if len(spacing) == 2 and all(0 < number < 100 for number in spacing):
            return spacing[0], spacing[1]
    return None
