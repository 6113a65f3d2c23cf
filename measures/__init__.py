"""Rates and areas under the curve, each with its 95 % interval and the number it stands on."""

from measures.estimates import Estimate, area, auc, rate

__all__ = ["Estimate", "area", "auc", "rate"]
