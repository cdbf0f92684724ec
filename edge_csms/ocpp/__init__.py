"""What is said on the wire: frames, payloads and the order of calls, without sockets and without a side."""
