"""Daybreak: software with which a city or county answers an overdose crisis."""

__version__ = "0.1.0"
