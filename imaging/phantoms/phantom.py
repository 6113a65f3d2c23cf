"""What every phantom is: a film, what it shows, and whom it would have been."""

from __future__ import annotations

from dataclasses import dataclass, field

from imaging.phantoms.fields import Array


@dataclass(frozen=True)
class Phantom:
    """A synthetic radiograph.

    `pixels` float32 `[H, W]` in [0, 1], 0 = black · `mask` bool `[H, W]`: where the lesion shows (empty without one) ·
    `modality` "chest" or "mammogram" · `label`: what a reader should answer · `lesion`: None or its kind · `place`:
    where it is, in words · `age` in years · `sex` "F" or "M" · `view` "PA", "AP", "CC" or "MLO" · `laterality` "L" or
    "R", None in a chest film · `density` "a" to "d" (ACR BI-RADS) of a breast, else None · `spacing` mm per pixel (row,
    column) · `thickness` of the compressed breast in mm, None of a chest · `variants`: what else is to be seen that is
    not disease · `seed`.
    """

    seed: int
    pixels: Array = field(repr=False)
    mask: Array = field(repr=False)
    modality: str
    label: str
    lesion: str | None
    place: str
    age: float
    sex: str
    view: str
    spacing: tuple[float, float]
    variants: tuple[str, ...]
    laterality: str | None = None
    density: str | None = None
    thickness: float | None = None
