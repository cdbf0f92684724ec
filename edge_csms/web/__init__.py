"""What people and chargers reach: the only room that knows Tornado's server."""
