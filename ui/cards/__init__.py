"""The page of model cards."""
