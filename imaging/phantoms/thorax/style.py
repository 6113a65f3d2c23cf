"""How strongly anatomy and disease show on a drawn chest film: what was set by laying phantoms beside real films.

Who is drawn, and where disease lies, comes from the seed alone; a style changes how it looks.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """Of the body: `middle`, soft tissue added along the midline in mm · `level`, how far the chest wall is as thick at
    the base of the lungs as at their top, 0 to 1 · `breasts`, times their thickness, and `lift`, how much higher they
    lie in mm · `strand`, radius in mm of the four strands that fill a rib: narrow ones show as stripes. Times the
    contrast: `ribs`, `spine`, `airways`, `vessels` of the lungs, `cuffs` around small airways.

    Of a pneumonia: `mottle`, times how unevenly alveoli fill · `haze`, the part of the air between its patches that is
    lost as well, 0 to 1 · `grain`, times the size of the smallest patches. Of the film: `photons`, times their number ·
    `dark`, how much darker lungs are shown · `tilt`, times how uneven the beam is.
    """

    name: str
    middle: float
    level: float
    breasts: float
    lift: float
    strand: float
    ribs: float
    spine: float
    airways: float
    vessels: float
    cuffs: float
    mottle: float
    haze: float
    grain: float
    photons: float
    dark: float
    tilt: float


# What the ward was drawn with, and what the chest models learned from beside real films: to draw that again.
FIRST = Style(
    "first",
    middle=0,
    level=0,
    breasts=1,
    lift=0,
    strand=1.8,
    ribs=1,
    spine=1,
    airways=1,
    vessels=1,
    cuffs=1,
    mottle=1,
    haze=0,
    grain=1,
    photons=1,
    dark=0,
    tilt=1,
)
PRESENT = Style(
    "present",
    middle=15,
    level=0.55,
    breasts=1.1,
    lift=8,
    strand=2.7,
    ribs=1.1,
    spine=0.7,
    airways=0.7,
    vessels=1.1,
    cuffs=0.7,
    mottle=0.3,
    haze=0.45,
    grain=2.2,
    photons=6,
    dark=0.03,
    tilt=0.25,
)
