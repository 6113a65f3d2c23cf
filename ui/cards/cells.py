"""Figures of a card in the cells of its tables."""

from __future__ import annotations

from models import Figure
from ui.markup import area_html, share_html

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
    return area_html(figure) if figure.measure.startswith("AUC") else share_html(figure, counted=True)
