"""What poisoned public data do to a model that learns from them: false labels, and films that carry a lie."""
