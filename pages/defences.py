"""Defences: what each is worth to an attacker who does not know it, and to one who does; what an archive undoes."""

from ui import defences, shell, survival


def main() -> None:
    """The whole page, top to bottom."""
    shell.begin(shell.DEFENCES)
    defences.screen()
    survival.section()


main()
