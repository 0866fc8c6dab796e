"""What people do with the ledger: open a feed, file a delivery's rows, undo it, name operations, set prices, note figures."""
