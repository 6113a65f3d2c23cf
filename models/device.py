"""Where the models run: chosen once, carried by the model's own parameters."""

import os

import torch


def choose_device() -> torch.device:
    """`READING_ROOM_DEVICE` if set, else the first of cuda, mps and cpu that is there.

    Raises:
        ValueError: the variable names a device that this machine does not have.
    """
    wanted = os.environ.get("READING_ROOM_DEVICE")
    available = [
        name
        for name, there in (
            ("cuda", torch.cuda.is_available()),
            ("mps", torch.backends.mps.is_available()),
            ("cpu", True),
        )
        if there
    ]
    if not wanted:
        return torch.device(available[0])
    if wanted.split(":")[0] not in available:
        raise ValueError(f"expected READING_ROOM_DEVICE to be one of {', '.join(available)}, got {wanted!r}")
    return torch.device(wanted)
