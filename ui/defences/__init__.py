"""The page of defences: which hold, and what those that refer are worth."""
