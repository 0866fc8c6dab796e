"""Where the head of the chain is noted outside of the database."""
