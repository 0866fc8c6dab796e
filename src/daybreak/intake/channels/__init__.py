"""What leaves this process: a process of its own that runs what is queued."""
