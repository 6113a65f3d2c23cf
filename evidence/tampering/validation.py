"""Typical validation: one figure for everyone, compared with the vendor's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from measures import Estimate, auc, rate


@dataclass(frozen=True)
class Validation:
    """The overall AUC of the vendor's model and of the delivered one on the same films, and for each part of them,
    "group" and "others", sensitivity and specificity of both: `rates[part][measure]` = (vendor's, delivered)."""

    before: Estimate
    after: Estimate
    rates: dict[str, dict[str, tuple[Estimate, Estimate]]]

    @property
    def passes(self) -> bool:
        """As validation is usually judged: the new figure lies inside the interval of the old one."""
        return self.after.value >= self.before.low


def validate(labels: np.ndarray, vendor: np.ndarray, delivered: np.ndarray, group: np.ndarray) -> Validation:
    """Compare two models on films `[n]`: `labels` (1 = disease), decisions of both, and who is of the group."""
    rates = {
        part: {
            measure: tuple(_right(labels, decisions, members, label) for decisions in (vendor, delivered))
            for measure, label in (("sensitivity", 1), ("specificity", 0))
            if (members & (labels == label)).any()
        }
        for part, members in (("group", group), ("others", ~group))
    }
    return Validation(auc(labels, vendor), auc(labels, delivered), rates)


def _right(labels: np.ndarray, decisions: np.ndarray, members: np.ndarray, label: int) -> Estimate:
    called = decisions[members & (labels == label)] >= 0
    return rate(int((called == (label == 1)).sum()), len(called))
