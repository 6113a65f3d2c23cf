"""Saliency and change as small pictures: the same colours and scale wherever they are shown."""

import base64
import functools
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# Magma (van der Walt and Smith 2015) at nine points: even in lightness, safe for colour-blind readers, dark at 0.
_STOPS = ("000004", "1c1044", "4f127b", "812581", "b5367a", "e55964", "fb8761", "fec287", "fcfdbf")


@functools.cache
def _table() -> NDArray[np.float32]:
    colors = np.array([[int(stop[i : i + 2], 16) for i in (0, 2, 4)] for stop in _STOPS]) / 255
    places = np.linspace(0, 1, len(_STOPS))
    return np.stack([np.interp(np.linspace(0, 1, 256), places, c) for c in colors.T], axis=1).astype(np.float32)


def overlay(
    pixels: NDArray[np.float32], saliency: NDArray[np.float32] | None, *, width: int, opacity: float = 0.85
) -> NDArray[np.uint8]:
    """A film with saliency on top, uint8 ``[h, width, 3]``.

    Args:
        pixels: ``[H, W]`` in ``[0, 1]``.
        saliency: ``[h, w]`` in ``[0, 1]`` over the whole film, or None for the bare film.
        width: of the picture, in pixels; the height keeps the film's proportions.
        opacity: of the strongest saliency; it falls with the square root, so weak saliency lets the film through.
    """
    size = (width, max(1, round(width * pixels.shape[0] / pixels.shape[1])))
    film = _resized(pixels, size)[..., None].repeat(3, axis=-1)
    if saliency is not None:
        heat = np.clip(_resized(saliency, size), 0, 1)
        alpha = opacity * np.sqrt(heat)[..., None]
        film = (1 - alpha) * film + alpha * _table()[(heat * 255).astype(np.uint8)]
    return (np.clip(film, 0, 1) * 255 + 0.5).astype(np.uint8)


def difference(before: NDArray[np.float32], after: NDArray[np.float32], *, width: int) -> tuple[NDArray[np.uint8], int]:
    """The change, amplified so that its largest value just fits: (uint8 ``[h, width]``, amplification); grey = none."""
    change = after - before
    largest = float(np.abs(change).max())
    times = max(1, int(0.5 / largest)) if largest else 1
    size = (width, max(1, round(width * change.shape[0] / change.shape[1])))
    picture = Image.fromarray(np.clip(0.5 + times * change, 0, 1).astype(np.float32))
    return (np.asarray(picture.resize(size, Image.Resampling.NEAREST)) * 255 + 0.5).astype(np.uint8), times


def data_uri(picture: NDArray[np.uint8]) -> str:
    """A picture as an address that holds all of it, lossless."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", compress_level=1)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _resized(values: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    return np.asarray(Image.fromarray(np.asarray(values, dtype=np.float32)).resize(size, Image.Resampling.BOX))
