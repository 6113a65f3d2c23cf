"""What to look for in a training set before anyone learns from it: wrong labels, films unlike those of a trusted set,
films that are there twice, patients on both sides of the split, films that do not belong; and a manifest that says
whether a set is still what it was."""

from robustness.curation.duplicates import Pair, near_duplicates
from robustness.curation.label_errors import Excess, LabelError, label_errors, more_than_trusted
from robustness.curation.manifest import Verification, manifest, verify
from robustness.curation.outliers import Outlier, outliers
from robustness.curation.patients import shared_patients
from robustness.curation.unlike import Unlike, unlike_trusted

__all__ = [
    "Excess",
    "LabelError",
    "Outlier",
    "Pair",
    "Unlike",
    "Verification",
    "label_errors",
    "manifest",
    "more_than_trusted",
    "near_duplicates",
    "outliers",
    "shared_patients",
    "unlike_trusted",
    "verify",
]
