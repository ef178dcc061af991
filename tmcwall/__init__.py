"""tmcwall: a truthful video wall for police Traffic Management Centers, and its central server."""

__version__ = "0.2.0"
