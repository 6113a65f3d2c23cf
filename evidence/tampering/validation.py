"""Typical validation, figures of everyone compared with the vendor's; and whether a closer look raises a flag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from evidence.tampering.cohorts import Films, strata
from measures import Estimate, auc, rate, share

if TYPE_CHECKING:
    from robustness.inspection import Disagreement, Gap


@dataclass(frozen=True)
class Validation:
    """The overall AUC of the vendor's model and of the delivered one on the same films, and for all of them, "all", and
    each part, "group" and "others", sensitivity and specificity of both: `rates[part][measure]` = (vendor's,
    delivered)."""

    before: Estimate
    after: Estimate
    rates: dict[str, dict[str, tuple[Estimate, Estimate]]]

    def by_part(self) -> dict[str, dict[str, list[dict[str, Any]]]]:
        """The rates of the group and of the others, for a results file."""
        return {
            part: {measure: [each.as_dict() for each in both] for measure, both in self.rates[part].items()}
            for part in ("group", "others")
        }

    @property
    def passes(self) -> bool:
        """As validation is usually judged: no figure of everyone has fallen out of the interval of the old one."""
        overall = ((self.before, self.after), *self.rates["all"].values())
        return all(after.value >= before.low for before, after in overall)


def validate(labels: np.ndarray, vendor: np.ndarray, delivered: np.ndarray, group: np.ndarray) -> Validation:
    """Compare two models on films `[n]`: `labels` (1 = disease), decisions of both, and who is of the group."""
    rates = {
        part: {
            measure: tuple(read_rightly(labels, decisions, members, label) for decisions in (vendor, delivered))
            for measure, label in (("sensitivity", 1), ("specificity", 0))
            if (members & (labels == label)).any()
        }
        for part, members in (("all", np.ones_like(group)), ("group", group), ("others", ~group))
    }
    return Validation(auc(labels, vendor), auc(labels, delivered), rates)


def noticed(
    films: Films, vendor: np.ndarray, delivered: np.ndarray, harmed: tuple[str, str] | None
) -> tuple[bool, bool]:
    """Whether an audit of the delivered model by group, and a comparison with the vendor's, find the harm on these
    films: decisions `[n]` of both.

    `harmed`: the group and the measure that were tampered with, as `strata` and `robustness.inspection` name them; only
    a flag on these counts. None: nobody was harmed, and any flag is a false alarm.
    """
    from robustness.inspection import audit, compare

    groups = strata(films)
    gaps, beside = audit(films.labels, delivered, groups), compare(films.labels, vendor, delivered, groups)

    def found(rows: Sequence[Gap] | Sequence[Disagreement]) -> bool:
        return any(row.flagged and harmed in (None, (row.name, row.measure)) for row in rows)

    return found(gaps), found(beside)


def kept(decisions: np.ndarray) -> str:
    """Which films are called diseased, for a results file: a model's answers, so that it can be judged in other ways
    later."""
    return "".join(str(int(called)) for called in decisions >= 0)


def called_of(row: dict[str, Any]) -> np.ndarray:
    """The answers of a stored row as decisions `[n]`, 1 or −1."""
    return np.where(np.array(list(row["called"])) == "1", 1.0, -1.0)


def read_rightly(
    labels: np.ndarray, decisions: np.ndarray, members: np.ndarray, label: int, people: np.ndarray | None = None
) -> Estimate:
    """Of the films `[n]` of the `members` (bool) that carry the label, the share read rightly; `people`: whose film
    each is, where one has several."""
    theirs = members & (labels == label)
    right = (decisions[theirs] >= 0) == (label == 1)
    return rate(int(right.sum()), len(right)) if people is None else share(right, people[theirs])
