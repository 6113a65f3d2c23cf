"""What the command lines of recipes and of evidence share."""

from __future__ import annotations

from argparse import ArgumentParser, RawDescriptionHelpFormatter


def command_line(about: str | None, *, data: bool = False) -> ArgumentParser:
    """A parser that tells `about`, a module's docstring, as it was written; with `--data` for those who read films."""
    parser = ArgumentParser(description=about, formatter_class=RawDescriptionHelpFormatter)
    if data:
        parser.add_argument("--data", help="folder of the image sets; else READING_ROOM_DATA, else ../shared/data")
    return parser
