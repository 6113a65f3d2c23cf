"""The figure for slides: one comparison on 1920 × 1080, films at their own pixels."""

from ui.slide.content import Chart, Film, Map, Slide
from ui.slide.drawing import png

__all__ = ["Chart", "Film", "Map", "Slide", "png"]
