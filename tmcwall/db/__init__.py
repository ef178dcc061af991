"""The local store of a workstation: SQLite, one writer, one reader."""
