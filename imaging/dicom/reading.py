"""A DICOM file as a radiograph."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from imaging import limits
from imaging.dicom import display, pixels
from imaging.dicom.export import DicomSource, Origin, technical_tags
from imaging.dicom.facts import OTHER_MODALITIES, Facts, facts
from imaging.dicom.mappings import Rescale
from imaging.dicom.opening import open_dataset
from imaging.dicom.tags import Tags
from imaging.notices import ALTERED, ALTERED_WARNING, LOSSY_WARNING
from imaging.radiograph import Radiograph, frozen

BURNED_IN = "The file says that text is burned into the image: look for a patient's name before you show it to anyone."
RAW = "This is the detector's raw image, not the one for the screen that the models were made for."


def read(data: bytes, *, window: int = 0, frame: int = 0) -> Radiograph:
    """Read DICOM bytes. Raises UnreadableImage, or whatever pydicom and the codecs raise on damaged bytes."""
    dataset = open_dataset(data)
    frames = pixels.frame_count(Tags(dataset))
    limits.check_index("frames", frame, frames)
    tags = Tags(dataset, frame)
    if pixels.is_colour(tags):
        rgb = pixels.colour_values(dataset, tags, frame)
        stored = limits.grey(rgb)
        warnings = [] if tags.code("Modality", OTHER_MODALITIES) else limits.colour_warning(rgb)
        shown, window_warnings = _grey_copy(), []
        names = [shown.voi.name]
        limits.check_index("windows", window, 1)
    else:
        stored, warnings = pixels.stored_values(dataset, tags, frame), []
        shown, names, window_warnings = _display(tags, stored, window)

    known = facts(tags)
    lossy = pixels.is_lossy(dataset, tags)
    kept = technical_tags(tags, known, lossy=lossy)
    origin = Origin(hashlib.sha256(data).hexdigest(), frame, frames, altered=_is_altered(tags))
    scale = shown.scale()
    is_padding = scale.is_padding(stored)
    limits.check_content(stored[~is_padding])
    return Radiograph(
        pixels=frozen(scale.show(stored)),
        levels=frozen(np.union1d(scale.levels, np.float32([0])) if is_padding.any() else scale.levels),
        grey_levels=2**shown.bits,
        stored_units_per_level=scale.stored_units_per_level,
        format="DICOM",
        suffix=".dcm",
        sha256=origin.sha256,
        source=DicomSource(frozen(stored), scale, shown, kept, origin),
        modality=known.modality,
        view=known.view,
        laterality=known.laterality,
        sex=known.sex,
        age=known.years,
        pixel_spacing=known.pixel_spacing,
        phantom=known.phantom,
        warnings=(*warnings, *window_warnings, *_warnings(tags, known, stored.shape, origin, lossy=lossy)),
        windows=tuple(names),
        window=window,
        frames=frames,
        frame=frame,
    )


def _grey_copy() -> display.Display:
    """How the grey copy of a colour image is shown: 8 bits, black to white."""
    return display.Display(Rescale(), display.full_range(np.array([0.0, 255.0])), False, None, 0, 8)


def _display(tags: Tags, stored: NDArray[np.integer], index: int) -> tuple[display.Display, list[str], list[str]]:
    """The display for window `index`, the names of all windows, and warnings."""
    bits = pixels.bits_stored(tags)
    lowest = -(2 ** (bits - 1)) if stored.dtype.kind == "i" else 0
    values = display.stored_range(lowest, bits)
    padding = display.padding_range(tags, lowest, bits)
    present = np.zeros(2**bits, dtype=bool)
    present[stored.astype(np.int32) - lowest] = True
    present &= ~display.is_padding(values, padding)
    limits.check_content(values[present])

    modality = display.modality_mapping(tags, lowest)
    if not np.ptp(modality(values[present].astype(np.float64))) > 0:
        modality = Rescale()
    inputs = modality(values.astype(np.float64))
    found, warnings = display.choices(tags, inputs)
    limits.check_index("windows", index, max(1, len(found)))
    if found and not np.ptp(found[index](inputs[present]).astype(np.float32)) > 0:
        found[index], warnings = None, [display.BAD_WINDOW]
    # Eight bits without a rescale are what the screen shows; deeper files seldom use all of their range.
    whole = bits == 8 and lowest == 0 and modality == Rescale()
    full = display.full_range(inputs if whole else inputs[present])
    names = [full.name if choice is None else choice.name for choice in found] or [full.name]
    inverted = bool(
        tags.code("PhotometricInterpretation", {"MONOCHROME1"}) or tags.code("PresentationLUTShape", {"INVERSE"})
    )
    voi = (found[index] if found else None) or full
    return display.Display(modality, voi, inverted, padding, lowest, bits), names, warnings


def _warnings(tags: Tags, known: Facts, shape: tuple[int, int], origin: Origin, *, lossy: bool) -> list[str]:
    warnings = [BURNED_IN] if tags.code("BurnedInAnnotation", {"YES"}) else []
    warnings += limits.size_warning(*shape)
    if known.modality in OTHER_MODALITIES:
        kind = OTHER_MODALITIES[known.modality]
        warnings.append(f"The file says that this is {kind} image; the models were made for radiographs.")
    if origin.frames > 1:
        warnings.append(f"This file has {origin.frames} frames; frame {origin.frame + 1} is shown.")
    if tags.code("PresentationIntentType", {"FOR PROCESSING"}):
        warnings.append(RAW)
    return warnings + [LOSSY_WARNING] * lossy + [ALTERED_WARNING] * origin.altered


def _is_altered(tags: Tags) -> bool:
    return any(ALTERED in str(value) for value in tags.values("DerivationDescription"))
