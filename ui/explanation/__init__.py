"""The page that turns a model's answer and its reason apart."""
