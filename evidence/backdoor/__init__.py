"""What a sign does to a model that was taught it, whether validation sees it, and which scans find it."""

from evidence.backdoor.results import COMMAND, MARKED, MEASURED, READY, RESULTS, SCANS, Row, Scan, flagged, honest, load

__all__ = ["COMMAND", "MARKED", "MEASURED", "READY", "RESULTS", "SCANS", "Row", "Scan", "flagged", "honest", "load"]
