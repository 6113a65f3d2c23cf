"""The page where an insider fine-tunes a model before people's eyes, and where that is caught."""
