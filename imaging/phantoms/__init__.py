"""Synthetic radiographs, drawn from seeds: no real person, the lesion known to the pixel."""

from imaging.phantoms.chest import VARIANTS, ChestPhantom, chest
from imaging.phantoms.cohort import cohort

__all__ = ["VARIANTS", "ChestPhantom", "chest", "cohort"]
