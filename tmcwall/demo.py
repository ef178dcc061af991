"""The product's story, told by the product: city, server, wall, incident, tag."""
