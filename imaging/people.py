"""What tables of people's films share, one array for each thing that is known of them."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from typing import Self


class People:
    """Base of dataclasses whose fields are arrays with the same first axis n; `labels` 1 = the disease."""

    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def where(self, chosen: np.ndarray) -> Self:
        """The films that a boolean array or an index chooses."""
        return type(self)(*(getattr(self, field.name)[chosen] for field in fields(self)))
