"""What a brief is made of, and the synthetic ledger of the demonstration: plain Python."""
