"""What workstation and server say to each other."""
