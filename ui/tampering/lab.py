"""The lab of one browser session: whom the insider harms, and what is known so far. Nothing here touches the zoo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ui.tampering.subjects import SUBJECTS, Subject
from ui.tampering.tasks import SHARES, Describe, Inspect, Look, Show, Tamper, Validate
from ui.tuning import Tuning
from ui.worker import Task


@dataclass
class Lab(Tuning):
    """State of the page for one browser session."""

    KEY = "tampering_lab"

    subject: str = "chest"
    tamper: Tamper | None = None
    share: float = 0.03
    enriched: bool = True

    def harm(self, group: str, harm: str, *, ready: bool = False) -> None:
        """Let an insider at the model, or take one that was made before."""
        self.begin(Tamper(self.subject, group, harm, ready, self.kept))

    def choose(self, subject: str, group: str, harm: str) -> None:
        """Other films, another group or harm leave the tampered model for the vendor's."""
        self.subject, tamper = subject, self.tamper
        if tamper is not None and (subject, group, harm) != (tamper.subject, tamper.group, tamper.harm):
            self.leave()

    @property
    def about(self) -> Subject:
        """The model that the insider is let at, and the people."""
        return SUBJECTS[self.subject]

    @property
    def wishes(self) -> tuple[Validate, Inspect] | None:
        """What is to be known of the tampered model."""
        if self.tamper is None:
            return None
        return Validate(self.tamper, self.share), Inspect(self.tamper, None if self.enriched else self.share)

    @property
    def by_share(self) -> tuple[Validate, ...]:
        """Typical validation of the tampered model at every share."""
        return tuple(Validate(self.tamper, share) for share in SHARES)

    def _wanted(self) -> Iterator[Task]:
        """The parts of the ward that are needed, the training, then what is seen of it and what is not."""
        yield Look(self.subject, "validation")
        if self.about.live and (self.tamper is None or not self.tamper.ready):
            yield Look(self.subject, "training")
        if self.tamper is None:
            yield Look(self.subject, "test")
            return
        if not self.halted or self.tamper in self.work.results:
            yield self.tamper
        if self.tamper in self.work.results:
            validation, inspection = self.wishes
            yield validation
            yield Look(self.subject, "test")
            yield inspection
            shares, films = self.by_share, Show(inspection)
            yield from (films, *shares) if self.about.live else (*shares, films)  # to draw a film takes a second
            yield Describe(inspection)
