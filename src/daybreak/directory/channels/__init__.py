"""What the directory fetches from other people's machines: politely, one request at a time."""

from daybreak.directory.channels.web import Manners, Reply, Unchanged, Unreachable, Visitor

__all__ = ["Manners", "Reply", "Unchanged", "Unreachable", "Visitor"]
