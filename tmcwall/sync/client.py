"""The workstation's side of synchronisation."""
