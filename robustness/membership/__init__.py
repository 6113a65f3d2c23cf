"""Whether a model gives away whom it learned from."""

from robustness.membership.hits import hits, most_hits, separation
from robustness.membership.lira import believed, confidence, each_in_turn, gains, online, pooled_spreads

__all__ = [
    "believed",
    "confidence",
    "each_in_turn",
    "gains",
    "hits",
    "most_hits",
    "online",
    "pooled_spreads",
    "separation",
]
