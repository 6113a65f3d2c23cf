"""What the release does for each group, before anybody touches it."""

from __future__ import annotations

from html import escape

import numpy as np

import models
from evidence.tampering import read_rightly, strata
from ui.markup import figures_html, markup, row_html, share_bar_html, share_html
from ui.tampering.lab import Lab
from ui.tampering.subjects import Looked
from ui.tampering.tasks import Look


def before(lab: Lab) -> None:
    """Whose films it reads rightly, until an insider is let at it."""
    look = lab.found(Look(lab.subject, "validation"))
    if lab.tamper is None and isinstance(look, Looked):
        markup(released_html(lab, look), key="released")


def released_html(lab: Lab, look: Looked) -> str:
    """Sensitivity and specificity of everyone and of each group an auditor looks at."""
    groups = {"Everyone": np.ones(len(look.films), bool), **strata(look.films)}
    rows = (
        row_html(escape(name), (_right(look, members, label) for label in (1, 0))) for name, members in groups.items()
    )
    return (
        f'<h2 class="small">Whom the release serves today</h2>'
        f"{figures_html(('', 'Sensitivity', 'Specificity'), rows, 'released')}"
        f'<p class="hint">{escape(models.card(lab.about.model).title)} at its own operating point, on the films of the '
        "validation part; small: 95 % interval.</p>"
    )


def _right(look: Looked, members: np.ndarray, label: int) -> str:
    found = read_rightly(look.films.labels, look.before, members, label)
    return share_html(found, counted=True) + share_bar_html(found.value, "neutral")
