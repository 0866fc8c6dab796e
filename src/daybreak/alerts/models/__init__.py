"""Streams, the watches that tested them, the signals they raised, and what people made of these."""

from daybreak.alerts.models.signals import Review, Signal, SignalDay
from daybreak.alerts.models.streams import Stream, Watch

__all__ = ["Review", "Signal", "SignalDay", "Stream", "Watch"]
