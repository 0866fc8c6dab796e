"""What people do with the directory: load a file, load what is bundled, refresh what is published elsewhere."""

from daybreak.directory.actions.bundled import load_bundled
from daybreak.directory.actions.failures import NotWritten, said_in_full
from daybreak.directory.actions.feeds import FeedRefused, add_feed, claim_due_feed, claim_feed, remove_feed
from daybreak.directory.actions.given import READERS
from daybreak.directory.actions.hsds_loading import load_hsds, load_services
from daybreak.directory.actions.loading import Reconciliation, load_file
from daybreak.directory.actions.refreshing import refresh_feed

__all__ = [
    "READERS", "FeedRefused", "NotWritten", "Reconciliation", "add_feed", "claim_due_feed", "claim_feed", "load_bundled",
    "load_file", "load_hsds", "load_services", "refresh_feed", "remove_feed", "said_in_full",
]  # fmt: skip
