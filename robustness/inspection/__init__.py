"""How tampering is caught: by group, against the vendor's own model, and (`weights`) in the weights themselves."""

from robustness.inspection.audit import Gap, audit, needed, power, smallest_gap
from robustness.inspection.paired import Disagreement, compare, needed_beside
from robustness.inspection.profile import Profile, crossings, prevalence_shift, profiles

__all__ = [
    "Disagreement",
    "Gap",
    "Profile",
    "audit",
    "compare",
    "crossings",
    "needed",
    "needed_beside",
    "power",
    "prevalence_shift",
    "profiles",
    "smallest_gap",
]
