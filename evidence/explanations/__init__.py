"""Whether an attack on one saliency map carries over to the others, over many films."""

from evidence.explanations.results import COMMAND, EPSILON, RESULTS, Carried, Cell, load, matrix

__all__ = ["COMMAND", "EPSILON", "RESULTS", "Carried", "Cell", "load", "matrix"]
