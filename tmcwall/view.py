"""A wall of given streams, without a database."""
