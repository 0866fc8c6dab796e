"""Who did what, and when: rows that are written once and never changed."""
