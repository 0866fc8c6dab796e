"""How the chain of entries is made and checked, in plain Python."""
