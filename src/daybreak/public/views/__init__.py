"""What answers each address of the open site: one module for each kind of reader."""
