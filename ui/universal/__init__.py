"""The page on which one noise, learned on some patients, is laid over the films of others."""
