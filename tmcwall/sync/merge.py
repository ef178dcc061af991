"""How an operation changes an entity, the same on workstation and server."""
