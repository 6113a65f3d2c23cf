"""The page where training data are poisoned, and where a person looks through them before anyone learns from them."""
