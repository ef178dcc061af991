"""The one place that wires the desktop program."""
