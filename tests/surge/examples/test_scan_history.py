"""Clusters from day to day: new, growing, ongoing and ended."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from daybreak.config.command import main
from daybreak.surge.scan.answer import Cluster
from daybreak.surge.scan.history import Course, follow


def cluster(places: str, start: str, end: str, observed: int, p: float | None = 0.01) -> Cluster:
    days = (np.datetime64(f"2023-01-{start}"), np.datetime64(f"2023-01-{end}"))
    return Cluster(tuple(places), *days, observed, 1.0, 5.0, p)


BEFORE = cluster("ab", "01", "05", 4)


@pytest.mark.parametrize(
    ("now", "course"),
    [
        (cluster("ab", "01", "06", 4), Course.ONGOING),
        (cluster("ab", "01", "06", 5), Course.GROWING),
        (cluster("abc", "01", "06", 4), Course.GROWING),
        (cluster("b", "05", "06", 3), Course.ONGOING),
        (cluster("cd", "01", "06", 9), Course.NEW),
        (cluster("ab", "06", "07", 9), Course.NEW),
    ],
)
def test_a_cluster_goes_on_where_it_shares_a_place_and_a_day_with_one_of_before(
    now: Cluster, course: Course
) -> None:
    first, *rest = follow([BEFORE], [now])
    assert first.course is course
    assert [each.course for each in rest] == ([Course.ENDED] if course is Course.NEW else [])


def test_what_chance_explains_is_no_cluster_before_or_now() -> None:
    weak = cluster("ab", "01", "06", 5, p=0.3)
    unknown = cluster("ab", "01", "06", 5, p=None)
    assert [each.course for each in follow([BEFORE], [weak])] == [Course.ENDED]
    assert [each.course for each in follow([unknown], [BEFORE])] == [Course.NEW]
    assert follow([], [unknown]) == []
    assert [each.course for each in follow([BEFORE], [weak], most=0.5)] == [Course.GROWING]


def test_the_command_tells_what_became_of_the_clusters_of_its_earlier_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f"{'abc'[day % 3]} 2 2023-01-{day:02d}" for day in range(1, 31)]
    (tmp_path / "c.cas").write_text("\n".join([*lines, "a 9 2023-01-29", "a 9 2023-01-30"]) + "\n")
    (tmp_path / "g.geo").write_text("a 38.0 -84.5\nb 38.1 -84.4\nc 39.0 -84.0\n")
    call = ["surge", "scan", "--model", "permutation", "--cases", str(tmp_path / "c.cas"), "--geo"]
    call += [str(tmp_path / "g.geo"), "--start", "2023-01-01", "--max-window", "7", "--end"]
    assert main([*call, "2023-01-29"]) == 0
    (tmp_path / "before.json").write_text(capsys.readouterr().out)
    assert main([*call, "2023-01-30", "--before", str(tmp_path / "before.json")]) == 0
    followed = json.loads(capsys.readouterr().out)["followed"]
    assert [(each["course"], each["cluster"]["locations"]) for each in followed] == [("growing", ["a"])]
    (tmp_path / "before.json").write_text("[]")
    assert main([*call, "2023-01-30", "--before", str(tmp_path / "before.json")]) == 1
    assert "must be an answer of this command" in capsys.readouterr().err
