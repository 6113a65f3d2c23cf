"""Defences: what each is worth to an attacker who does not know it, and to one who does; what an archive undoes."""

from ui import shell, survival
from ui.defences import screen


def main() -> None:
    """The whole page, top to bottom."""
    shell.begin(shell.DEFENCES)
    screen.screen()
    survival.section()


main()
