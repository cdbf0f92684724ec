"""How a new version takes the place of the old one: carried out by root, beside the server."""
