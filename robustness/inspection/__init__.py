"""How tampering is caught: by group, against the vendor's own model, and (`weights`) in the weights themselves."""

from robustness.inspection.audit import Gap, audit, needed, power, smallest_gap
from robustness.inspection.paired import Disagreement, compare

__all__ = ["Disagreement", "Gap", "audit", "compare", "needed", "power", "smallest_gap"]
