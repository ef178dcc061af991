"""Logging with redaction: facts with ids, never a credential."""
