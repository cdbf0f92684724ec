"""What is built from the code: the executable, as its user starts it."""
