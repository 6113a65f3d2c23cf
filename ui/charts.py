"""Charts in the product's colours, each with its own words for people who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go


@dataclass(frozen=True)
class Curve:
    """Disease probability before the attack and after each step of it."""

    name: str
    probabilities: Sequence[float]
    color: str
    dash: str = "solid"
    operating_point: float = 0.5


def probability_curves(curves: Sequence[Curve], disease: str, *, height: int, step: int | None = None) -> go.Figure:
    """Probability of the disease against the attack's step, with each model's operating point dashed.

    Curves are labelled at their end, so that nobody matches colours with a legend.
    """
    figure = go.Figure()
    last = max((len(curve.probabilities) for curve in curves), default=1) - 1
    for curve in curves:
        figure.add_scatter(
            x=list(range(len(curve.probabilities))),
            y=list(curve.probabilities),
            mode="lines+markers" if len(curve.probabilities) < 12 else "lines",
            line={"color": curve.color, "width": 2.5, "dash": curve.dash},
            name=curve.name,
            hovertemplate="step %{x}: %{y:.1%}",
        )
        figure.add_hline(y=curve.operating_point, line={"color": curve.color, "width": 1, "dash": "dot"}, opacity=0.6)
        figure.add_annotation(
            x=len(curve.probabilities) - 1,
            y=curve.probabilities[-1],
            text=curve.name,
            xanchor="right" if len(curve.probabilities) > 1 else "left",
            yanchor="bottom" if curve.probabilities[-1] < 0.85 else "top",
            showarrow=False,
            font={"color": curve.color, "size": 13},
        )
    if curves:
        figure.add_annotation(
            x=0, y=curves[0].operating_point, text="operating point", xanchor="left", yanchor="bottom",
            showarrow=False, font={"size": 11}, opacity=0.75,
        )  # fmt: skip
    if step is not None:
        figure.add_vline(x=step, line={"width": 1}, opacity=0.5)
    figure.update_layout(
        height=height,
        margin={"l": 44, "r": 8, "t": 6, "b": 34},
        showlegend=False,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hovermode="x",
    )
    figure.update_yaxes(range=[-0.03, 1.03], tickvals=[0, 0.5, 1], tickformat=".0%", title=None, gridwidth=0.5)
    figure.update_xaxes(
        range=[-0.2, max(last, 1) + 0.3], title={"text": "step", "standoff": 4}, dtick=max(1, last // 6)
    )
    return figure


def describe(curves: Sequence[Curve], disease: str) -> str:
    """The chart in words."""
    parts = [f"{c.name}: from {c.probabilities[0]:.0%} to {c.probabilities[-1]:.0%}" for c in curves if c.probabilities]
    return f"Probability of {disease} through the steps of the attack. " + "; ".join(parts)
