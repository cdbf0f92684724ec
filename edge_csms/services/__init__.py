"""What happens when something is said or asked: plain functions, each one database transaction."""
