"""The ledger: what happened, where and when, as nine agencies reported it; events, never people."""
