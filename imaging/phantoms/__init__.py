"""Synthetic radiographs, drawn from seeds: no real person, the lesion known to the pixel."""

from imaging.phantoms.chest import VARIANTS, ChestPhantom, chest
from imaging.phantoms.cohort import cohort, people, write_cohort
from imaging.phantoms.dicom import write_dicom

__all__ = ["VARIANTS", "ChestPhantom", "chest", "cohort", "people", "write_cohort", "write_dicom"]
