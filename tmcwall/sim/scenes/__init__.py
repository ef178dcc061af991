"""Street scenes drawn with OpenCV: a pinhole camera on a mast, streets of plain solids, traffic that loops."""
