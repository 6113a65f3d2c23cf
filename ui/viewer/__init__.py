"""The film viewer: films side by side, swiped, blinked or subtracted, at their exact grey levels."""

from ui.viewer.component import film_viewer
from ui.viewer.pane import Pane

__all__ = ["Pane", "film_viewer"]
