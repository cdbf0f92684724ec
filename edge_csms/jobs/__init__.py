"""What happens by itself: long-running jobs and what restarts them."""
