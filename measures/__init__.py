"""Rates and areas under the curve, each with its 95 % interval and the number it stands on."""

from measures.estimates import Estimate, area, auc, balanced, rate, share
from measures.paired import difference

__all__ = ["Estimate", "area", "auc", "balanced", "difference", "rate", "share"]
