"""Whether a model gives away whom it learned from."""

from robustness.membership.hits import hits, most_hits, separation
from robustness.membership.lira import confidence, each_in_turn, offline, online, pooled_spreads

__all__ = ["confidence", "each_in_turn", "hits", "most_hits", "offline", "online", "pooled_spreads", "separation"]
