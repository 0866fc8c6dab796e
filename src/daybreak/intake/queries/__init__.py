"""What a viewer may see of imports: those of the own agency."""
