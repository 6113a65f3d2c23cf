"""PNG, JPEG and TIFF in; PNG and TIFF out. A picture's grey levels are those of its format, black to white."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, TiffImagePlugin
from PIL.PngImagePlugin import PngInfo

from imaging import limits
from imaging.notices import ALTERED, ALTERED_WARNING, LOSSY_WARNING, UNALTERED
from imaging.radiograph import Radiograph, UnreadableImage, frozen
from imaging.scale import Scale

MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
ORIENTATION = 0x0112
DETECTOR_WHITES = (255, 1023, 4095, 16383)
SIXTEEN_BIT = ("I;16", "I;16B", "I;16L", "I;16N")


def looks_like(data: bytes) -> bool:
    """True if the bytes begin as a PNG, JPEG or TIFF file does."""
    return data.startswith(MAGIC)


def read(data: bytes, *, window: int = 0, frame: int = 0) -> Radiograph:
    """Read a PNG, JPEG or TIFF. Raises UnreadableImage, or whatever Pillow raises on damaged bytes."""
    try:
        picture = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "TIFF"))
    except Image.DecompressionBombError:
        raise UnreadableImage("This image is far too large: export it with at most 64 million pixels.") from None
    limits.check_size(picture.height, picture.width)
    limits.check_index("windows", window, 1)
    kind = "JPEG" if picture.format in ("JPEG", "MPO") else picture.format
    frames = picture.n_frames if kind == "TIFF" else 1
    limits.check_index("pages", frame, frames)
    if frame:
        picture.seek(frame)
        limits.check_size(picture.height, picture.width)

    stored, warnings = _stored(picture)
    limits.check_content(stored)
    description = _description(picture)
    altered = ALTERED in description
    bits = 8 * stored.dtype.itemsize
    white = _white(stored, description)
    scale = Scale(
        lowest=0,
        display=np.minimum(np.arange(2**bits) / white, 1).astype(np.float32),
        padding=np.zeros(2**bits, dtype=bool),
    )
    if white < 2**bits - 1:
        warnings.append(f"This file uses few of its {2**bits:,} greys, so grey {white:,} is shown as white.")
    if kind == "JPEG":
        warnings.append(LOSSY_WARNING)
    if frames > 1:
        warnings.append(f"This file has {frames} pages; page {frame + 1} is shown.")
    if altered:
        warnings.append(ALTERED_WARNING)
    return Radiograph(
        pixels=frozen(scale.show(stored)),
        levels=frozen(scale.levels),
        grey_levels=2**bits,
        stored_units_per_level=scale.stored_units_per_level,
        format=kind,
        suffix=".tif" if kind == "TIFF" else ".png",
        sha256=hashlib.sha256(data).hexdigest(),
        source=PictureSource(frozen(stored), scale, white, tiff=kind == "TIFF", altered=altered),
        warnings=(*limits.size_warning(*stored.shape), *warnings),
        frames=frames,
        frame=frame,
    )


@dataclass(frozen=True, eq=False)
class PictureSource:
    """Writes a picture back as grey PNG or TIFF of the same depth. Only pixels and a notice are written."""

    stored: NDArray[np.integer]
    scale: Scale
    white: int
    tiff: bool
    altered: bool

    def encode(self, stored: NDArray[np.integer]) -> bytes:
        """Bytes of the PNG or TIFF that holds `stored`, uint8 or uint16 [H, W]."""
        picture, out = Image.fromarray(stored), io.BytesIO()
        notice = ALTERED if self.altered or not np.array_equal(stored, self.stored) else UNALTERED
        notice = f"{notice} White is {self.white}."
        if self.tiff:
            tags = TiffImagePlugin.ImageFileDirectory_v2()
            tags[TiffImagePlugin.IMAGEDESCRIPTION] = notice
            picture.save(out, "TIFF", tiffinfo=tags)
        else:
            text = PngInfo()
            text.add_text("Description", notice)
            picture.save(out, "PNG", pnginfo=text, compress_level=1)
        return out.getvalue()


def _stored(picture: Image.Image) -> tuple[NDArray[np.integer], list[str]]:
    """Grey values, uint8 or uint16 [H, W], upright, and what a clinician should know about them."""
    if picture.mode in ("F", "I"):
        raise UnreadableImage(
            "This picture holds decimal or 32-bit numbers without a fixed black and white: save it with 8 or 16 bits."
        )
    orientation = picture.getexif().get(ORIENTATION, 1)
    inverted = picture.format == "TIFF" and picture.tag_v2.get(TiffImagePlugin.PHOTOMETRIC_INTERPRETATION) == 0
    mode = picture.mode
    picture.load()
    if orientation in range(2, 9):
        picture = ImageOps.exif_transpose(picture)
    if mode in SIXTEEN_BIT:
        values = np.asarray(picture).astype(np.uint16)
        return (np.uint16(65535) - values if inverted else values), []
    if mode in ("1", "L"):
        return np.array(picture.convert("L")), []
    if picture.has_transparency_data:
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "black"), picture.convert("RGBA"))
    rgb = np.asarray(picture.convert("RGB"))
    return limits.grey(rgb), limits.colour_warning(rgb)


def _white(stored: NDArray[np.integer], description: str) -> int:
    """The stored value that is shown as white.

    That is the highest one, except where values of 8 to 14 bits were put into a 16-bit file as they were:
    those would be almost black. A file of ours says what it was, so that altered pixels don't change it.
    """
    said = re.search(r"adversarially altered.* White is (\d{1,5})\.", description, re.IGNORECASE)
    highest = 2 ** (8 * stored.dtype.itemsize) - 1
    if said and 0 < int(said[1]) <= highest:
        return int(said[1])
    if highest == 255:
        return highest
    return next((white for white in DETECTOR_WHITES if stored.max() <= white), highest)


def _description(picture: Image.Image) -> str:
    if picture.format == "TIFF":
        return str(picture.tag_v2.get(TiffImagePlugin.IMAGEDESCRIPTION, ""))
    return str(picture.info.get("Description", ""))
