"""Synthetic radiographs, drawn from seeds: no real person, the lesion known to the pixel."""

from imaging.phantoms.breast.mammogram import mammogram
from imaging.phantoms.cohort import cohort, draw, people, write_cohort
from imaging.phantoms.dicom import write_dicom
from imaging.phantoms.phantom import Phantom
from imaging.phantoms.thorax.chest import VARIANTS, chest
from imaging.phantoms.thorax.style import FIRST, PRESENT, Style

__all__ = [
    "FIRST",
    "PRESENT",
    "VARIANTS",
    "Phantom",
    "Style",
    "chest",
    "cohort",
    "draw",
    "mammogram",
    "people",
    "write_cohort",
    "write_dicom",
]
