"""What each defence is worth to an attacker who does not know it and to one who does: `python -m evidence.defences`."""
