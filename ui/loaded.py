"""The zoo's models in this process: each loaded once, for all sessions, and never changed here."""

from __future__ import annotations

import functools
import gc
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

_loading = threading.Lock()
_devices: set[str] = set()


def load(model_id: str) -> torch.nn.Module:
    """The model, from weights on the first call. Raises `ValueError` as `models.load`."""
    with _loading:
        return _load(model_id)


def device() -> str | None:
    """Kind of the device that models run on; None while none is loaded. Asking loads nothing."""
    return next(iter(_devices), None)


@functools.cache
def _load(model_id: str) -> torch.nn.Module:
    import models

    model = models.load(model_id)
    _devices.add(next(model.parameters()).device.type)
    # Streamlit collects garbage after every run, and going through all that torch has made takes 0.15 s each time.
    gc.freeze()
    return model
