"""What people do with the directory: load a file, load what is bundled."""

from daybreak.directory.actions.bundled import load_bundled
from daybreak.directory.actions.failures import NotWritten, said_in_full
from daybreak.directory.actions.loading import Reconciliation, load_file

__all__ = ["NotWritten", "Reconciliation", "load_bundled", "load_file", "said_in_full"]
