"""What poisoned training films do to a model that learns from them, and how much of it curation finds and mends."""

from evidence.poisoning.results import (
    COMMAND,
    FOLDER,
    CuratedRow,
    PlantedRow,
    Point,
    PublicRow,
    load_curation,
    load_curve,
    load_planted,
    load_public,
)

__all__ = [
    "COMMAND",
    "FOLDER",
    "CuratedRow",
    "PlantedRow",
    "Point",
    "PublicRow",
    "load_curation",
    "load_curve",
    "load_planted",
    "load_public",
]
