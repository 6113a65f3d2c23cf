"""Defences: what each is worth to an attacker who does not know it, and to one who does."""

from ui import defences, shell


def main() -> None:
    """The whole page, top to bottom."""
    shell.begin(shell.DEFENCES)
    defences.screen()


main()
