"""Bytes of somebody's file become rows of cells: one module per format, and one that tells the formats apart."""
