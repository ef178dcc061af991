"""Typed settings of the program, read from TOML and environment."""
