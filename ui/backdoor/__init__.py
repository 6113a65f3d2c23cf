"""The page that hides a backdoor in a model: a sign on the film decides its answer."""
