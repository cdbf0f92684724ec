"""Who is connected: live sessions, and commands to charge points."""
