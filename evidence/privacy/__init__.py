"""What a promise of privacy costs a model, and what it keeps from someone who asks whom the model learned from."""

from evidence.privacy.results import (
    ADULTS,
    CHILDREN,
    COMMAND,
    EPSILONS,
    EVERYONE,
    SHADOWS,
    Attacked,
    Poisoned,
    Results,
    Useful,
    load,
)

__all__ = [
    "ADULTS",
    "CHILDREN",
    "COMMAND",
    "EPSILONS",
    "EVERYONE",
    "SHADOWS",
    "Attacked",
    "Poisoned",
    "Results",
    "Useful",
    "load",
]
