"""Networks that take a film as it is: any size, display space [0, 1], all preparation inside and differentiable."""

from models.networks.chest import ChestNet
from models.networks.mammogram import MammogramNet
from models.networks.resize import LEAST_CONTRAST, Resize

__all__ = ["LEAST_CONTRAST", "ChestNet", "MammogramNet", "Resize"]
