"""`daybreak brief`: which file it writes, and what it refuses."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from daybreak.accounts.models import Agency
from daybreak.publishing.actions.demo import Filled


@pytest.mark.parametrize(
    ("form", "start"), [("html", b"<!doctype html>"), ("pdf", b"%PDF-"), ("md", b"# Task force brief")]
)
def test_the_ending_says_which_paper_is_written(
    lexington: Filled, tmp_path: Path, form: str, start: bytes
) -> None:
    said, out = StringIO(), tmp_path / f"brief.{form}"
    call_command("brief", "--as-of", "2013-07-15", "--out", str(out), stdout=said)
    assert out.read_bytes().startswith(start)
    assert "numbers, as known on 2013-07-15" in said.getvalue()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["--as-of", "2013-07-15", "--out", "brief.doc"],
            r"--out must end in \.html, \.md, \.pdf; got '\.doc'",
        ),
        (["--as-of", "July", "--out", "brief.md"], "--as-of must be a day such as 2013-07-15"),
        (["--as-of", "2013-07-15", "--before", "2013-07-16", "--out", "brief.md"], "must be before the day"),
        (["--as-of", "2999-07-15", "--out", "brief.md"], "must not lie in the future"),
        (["--agency", "nobody", "--out", "brief.md"], "--agency must be one of .*police"),
    ],
)
def test_wrong_words_are_refused_with_the_cure(
    lexington: Filled, words: list[str], said: str, tmp_path: Path
) -> None:
    words[-1] = str(tmp_path / words[-1])
    with pytest.raises(CommandError, match=said) as refused:
        call_command("brief", *words)
    assert refused.value.returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_with_two_police_agencies_one_has_to_be_named(lexington: Filled, tmp_path: Path) -> None:
    Agency.objects.filter(slug="sheriff").update(active=False)
    Agency.objects.create(slug="campus", name="Campus Police", kind="police")
    with pytest.raises(CommandError, match="--agency must name one agency"):
        call_command("brief", "--out", str(tmp_path / "brief.md"))
