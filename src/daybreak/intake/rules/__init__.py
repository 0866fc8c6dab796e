"""Decides what a row of somebody's file says: mappings, conversions, what is dropped, and which row is which."""
