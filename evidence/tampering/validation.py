"""Typical validation, figures of everyone compared with the vendor's; and whether a closer look raises a flag."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evidence.tampering.cohorts import strata
from imaging.ward import Ward
from measures import Estimate, auc, rate


@dataclass(frozen=True)
class Validation:
    """The overall AUC of the vendor's model and of the delivered one on the same films, and for all of them, "all", and
    each part, "group" and "others", sensitivity and specificity of both: `rates[part][measure]` = (vendor's,
    delivered)."""

    before: Estimate
    after: Estimate
    rates: dict[str, dict[str, tuple[Estimate, Estimate]]]

    @property
    def passes(self) -> bool:
        """As validation is usually judged: no figure of everyone has fallen out of the interval of the old one."""
        overall = ((self.before, self.after), *self.rates["all"].values())
        return all(after.value >= before.low for before, after in overall)


def validate(labels: np.ndarray, vendor: np.ndarray, delivered: np.ndarray, group: np.ndarray) -> Validation:
    """Compare two models on films `[n]`: `labels` (1 = disease), decisions of both, and who is of the group."""
    rates = {
        part: {
            measure: tuple(_right(labels, decisions, members, label) for decisions in (vendor, delivered))
            for measure, label in (("sensitivity", 1), ("specificity", 0))
            if (members & (labels == label)).any()
        }
        for part, members in (("all", np.ones_like(group)), ("group", group), ("others", ~group))
    }
    return Validation(auc(labels, vendor), auc(labels, delivered), rates)


def noticed(films: Ward, vendor: np.ndarray, delivered: np.ndarray) -> tuple[bool, bool]:
    """Whether an audit of the delivered model by group, and a comparison with the vendor's, raise any flag on these
    films; decisions `[n]` of both."""
    from robustness.inspection import audit, compare

    groups = strata(films)
    gaps, beside = audit(films.labels, delivered, groups), compare(films.labels, vendor, delivered, groups)
    return any(gap.flagged for gap in gaps), any(each.flagged for each in beside)


def _right(labels: np.ndarray, decisions: np.ndarray, members: np.ndarray, label: int) -> Estimate:
    called = decisions[members & (labels == label)] >= 0
    return rate(int((called == (label == 1)).sum()), len(called))
