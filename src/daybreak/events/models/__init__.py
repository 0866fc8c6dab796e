"""The ledger's tables: where rows come from, events and their parts, operations and posts, prices and figures."""

from daybreak.events.models.deliveries import Delivery, Feed
from daybreak.events.models.events import Cause, Charge, Event, Exhibit, Mention
from daybreak.events.models.figures import Figure, Price
from daybreak.events.models.operations import Assignment, Operation, Post
from daybreak.events.models.tallies import Tally

__all__ = [
    "Assignment",
    "Cause",
    "Charge",
    "Delivery",
    "Event",
    "Exhibit",
    "Feed",
    "Figure",
    "Mention",
    "Operation",
    "Post",
    "Price",
    "Tally",
]
