"""Looks at the home folder: who may read it, what is left over, and whether the finder's index can be opened."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from daybreak.config.backups.holdings import MADE_AGAIN, Holding, files_under, held
from daybreak.config.examination.findings import Finding, problem, warning, well
from daybreak.finder.generations import DamagedGeneration, Finder, NotPublished

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def files(home: Path) -> Iterator[Finding]:
    """Findings about rights. Names of files are named, never their content."""
    if not home.is_dir():
        yield problem("files", "The home folder is not there.", "Set DAYBREAK_HOME, or: daybreak set-up")
        return
    open_to_others: list[str] = []
    keys_open: list[str] = []
    unreadable: list[str] = []
    foreign: list[str] = []
    for thing in held(home):
        if thing.holding is Holding.MADE_AGAIN and thing.path.name in MADE_AGAIN:
            continue
        for path in files_under(thing.path):
            status = path.stat()
            name = str(path.relative_to(home))
            if status.st_mode & _OTHERS:
                (keys_open if thing.holding is Holding.KEY else open_to_others).append(name)
            if not os.access(path, os.R_OK | os.W_OK):
                unreadable.append(name)
            if status.st_uid != os.geteuid():
                foreign.append(name)
    if keys_open:
        yield problem(
            "files",
            f"Keys can be read by other users of this machine: {_some(keys_open)}.",
            "chmod 600 them, and think of these keys as known to others.",
        )
    if unreadable:
        yield problem(
            "files", f"This user may not read and write {_some(unreadable)}.", "chown or chmod them."
        )
    if open_to_others:
        yield problem(
            "files", f"Other users of this machine have rights on {_some(open_to_others)}.", "chmod 600 them"
        )
    if foreign and not unreadable:
        yield warning("files", f"Files belong to another user: {_some(foreign)}.", "chown them to this user.")
    if home.stat().st_mode & _OTHERS:
        yield warning("files", "Other users of this machine can look into the home folder.", "chmod 700 it")
    if not (open_to_others or keys_open or unreadable or foreign or home.stat().st_mode & _OTHERS):
        yield well("files", "State and keys can be read by this user alone.")


def index(generations: Path) -> Iterator[Finding]:
    """Whether the finder's index in force opens and every file of it has the hash that its manifest says."""
    finder = Finder(generations, verify=True)
    try:
        finder.index()
    except NotPublished:
        yield problem("index", "No index is published, so nothing can be found.", "daybreak publish")
    except DamagedGeneration:
        yield problem("index", "The published index is damaged.", "daybreak publish")
    else:
        if finder.damage:
            yield problem(
                "index", "The index in force is damaged; an earlier one is served.", "daybreak publish"
            )
        else:
            yield well("index", "The published index is whole.")


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
