"""Keeps the lexicon as it was read, so that the next process has it in a quarter of the time."""

from __future__ import annotations

import hashlib
import os
import pickle
from pathlib import Path

from daybreak.finder import lexicon, segments, sentence
from daybreak.finder.lexicon import Phrases
from daybreak.finder.words import Lexicon


def read_kept(path: Path, folder: Path) -> Lexicon:
    """The lexicon in ``path``, from what ``folder`` keeps of it, else read from the file and kept.

    What is kept is named after the contents of the file and of the code that reads it: a change of either is read afresh.
    ``folder`` must be writable by nobody but the operator, as the database beside it is.
    """
    digest = hashlib.sha256(path.read_bytes())
    for module in (lexicon, segments, sentence):
        digest.update(Path(str(module.__file__)).read_bytes())
    kept = folder / f"{digest.hexdigest()[:32]}.pickle"
    if kept.is_file():
        try:
            phrases = pickle.loads(kept.read_bytes())  # noqa: S301 - our own file, see above
        except (pickle.UnpicklingError, EOFError, AttributeError, ImportError):
            phrases = None
        if isinstance(phrases, Phrases):
            return Lexicon(phrases)
    phrases = lexicon.read_phrases(path)
    _keep(kept, pickle.dumps(phrases, pickle.HIGHEST_PROTOCOL))
    return Lexicon(phrases)


def _keep(kept: Path, content: bytes) -> None:
    """Replace whatever stood in the folder before; a folder that cannot be written costs only time."""
    try:
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = kept.with_suffix(f".{os.getpid()}")
        fresh.write_bytes(content)
        fresh.replace(kept)
        for old in kept.parent.glob("*.pickle"):
            if old != kept:
                old.unlink(missing_ok=True)
    except OSError:
        return
