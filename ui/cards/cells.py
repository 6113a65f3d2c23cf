"""Figures of a card in the cells of its tables."""

from __future__ import annotations

from measures import Estimate
from models import Figure
from ui.sentences import percent

DATA = {
    "kermany": "Kermany test films: children of 1–5 years, one hospital",
    "nih": "NIH test patients: mostly adults, one hospital",
    "mias": "MIAS women: each read by a model that never saw her",
    "phantoms": "Digital phantoms, computed",
}
UNDER_ATTACK = " under attack, "


def cell(figure: Figure | None) -> str:
    """A figure with its interval and n; None: that it was not measured."""
    if figure is None:
        return "<span>not measured</span>"
    if figure.measure.startswith("AUC"):
        return area(figure)
    value, low, high = (percent(share) for share in (figure.value, figure.low, figure.high))
    return f"<b>{value}</b> <span>{low} – {high}, n {figure.n:,}</span>"


def area(value: Figure | Estimate) -> str:
    """An area under an ROC curve."""
    return f"<b>{value.value:.3f}</b> <span>{value.low:.3f} – {value.high:.3f}, n {value.n:,}</span>"
