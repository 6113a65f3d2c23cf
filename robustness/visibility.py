"""How visible a change is: grey levels, PSNR, SSIM, and just-noticeable differences on a calibrated display."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from robustness.threat import GREY

Plane = NDArray[np.floating]

# DICOM PS3.14, section 7.1: JND index of a luminance in cd/m², a polynomial in its decadic logarithm.
INDEX = (71.498068, 94.593053, 41.912053, 9.8247004, 0.28175407, -1.1878455, -0.18014349, 0.14710899, -0.017046845)
LIMITS = (
    "One just-noticeable difference is what an eye can tell on a large, even patch under ideal conditions; on the "
    "texture of a film far more goes unseen."
)


@dataclass(frozen=True)
class Display:
    """A display calibrated to the DICOM grayscale standard display function, from black to white in cd/m²."""

    black: float = 0.5
    white: float = 500.0

    def __post_init__(self) -> None:
        if not 0.05 <= self.black < self.white <= 4000:
            raise ValueError(
                f"expected 0.05 <= black < white <= 4000 cd/m², the range of the standard, "
                f"got {self.black} and {self.white}"
            )

    @property
    def differences(self) -> float:
        """Just-noticeable differences between black and white.

        Such a display spreads them evenly over [0, 1], so any change of display value is proportional to this.
        """
        return float(jnd_index(self.white) - jnd_index(self.black))


@dataclass(frozen=True)
class Visibility:
    """A change in numbers: `largest` and `rms` in grey levels of 255; `psnr` in dB, infinite for no change; `ssim` from
    −1 to 1 (Wang et al. 2004); `jnd_largest` in just-noticeable differences of the display."""

    largest: float
    rms: float
    psnr: float
    ssim: float
    jnd_largest: float
    display: Display


def jnd_index(luminance: float | Plane) -> Plane:
    """The index j of a luminance of 0.05 to 4000 cd/m²; from j to j + 1 is one just-noticeable difference."""
    return np.polynomial.polynomial.polyval(np.log10(np.asarray(luminance, dtype=np.float64)), INDEX)


def how_visible(before: Plane, after: Plane, display: Display | None = None) -> Visibility:
    """Compare two films `[H, W]` in display space [0, 1]; the default display spans 0.5 to 500 cd/m².

    SSIM as Wang et al. published it: Gaussian window of σ 1.5, population covariance.

    Raises:
        ValueError: shapes that differ, or a side under 11 pixels, the width of that window.
    """
    from skimage.metrics import structural_similarity

    if before.shape != after.shape or before.ndim != 2 or min(before.shape) < 11:
        raise ValueError(f"expected two films of one shape [H, W], at least 11 wide, got {before.shape}, {after.shape}")
    display = display or Display()
    change = after.astype(np.float64) - before
    largest, rms = float(np.abs(change).max()), float(np.sqrt(np.mean(change**2)))
    return Visibility(
        largest=largest * GREY,
        rms=rms * GREY,
        psnr=float("inf") if rms == 0 else float(-20 * np.log10(rms)),
        ssim=float(
            structural_similarity(
                before.astype(np.float64), after.astype(np.float64), data_range=1.0,
                gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
            )
        ),
        jnd_largest=largest * display.differences,
        display=display,
    )  # fmt: skip
