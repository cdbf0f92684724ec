"""The tests of edge_csms/updates."""
