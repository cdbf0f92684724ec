"""How fast the server is and what it costs, measured beside two other central systems: `python -m bench`."""
