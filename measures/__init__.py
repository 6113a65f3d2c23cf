"""Rates and areas under the curve, each with its 95 % interval and the number it stands on."""

from measures.estimates import Estimate, auc, rate

__all__ = ["Estimate", "auc", "rate"]
