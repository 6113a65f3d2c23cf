"""Scans for a backdoor: in the model alone, in the set it was trained on, and at the film that comes in."""

from robustness.inspection.scans.neural_cleanse import Inversion, invert
from robustness.inspection.scans.strip import calm
from robustness.inspection.scans.training_set import Clusters, clusters, spectral_scores

__all__ = ["Clusters", "Inversion", "calm", "clusters", "invert", "spectral_scores"]
