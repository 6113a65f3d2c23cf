"""Start: what this is, three ways in, and a case that has been attacked already."""

from ui import shell, start


def main() -> None:
    """The whole page, top to bottom."""
    shell.begin(shell.START)
    start.welcome()
    start.ways_in()
    start.example()


main()
