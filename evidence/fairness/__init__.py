"""Is any group of patients easier to attack? The smallest budget that flips a reading, by group."""

from evidence.fairness.results import COMMAND, GROUPS, RESULTS, Contrast, Figure, contrasts, load, median

__all__ = ["COMMAND", "GROUPS", "RESULTS", "Contrast", "Figure", "contrasts", "load", "median"]
