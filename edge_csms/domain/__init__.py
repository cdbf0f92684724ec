"""What a charging site is, and its rules: pure, without a loop, a wire or a database."""
