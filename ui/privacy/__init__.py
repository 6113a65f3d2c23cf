"""The page that asks of a model whom it learned from, and shows what a promise of privacy costs and keeps."""
