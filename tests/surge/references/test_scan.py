"""The scans on real data: ratios to six decimals, members, dates and counts as SaTScan 10.3.2 gives them."""

from __future__ import annotations

import json

import pytest

from daybreak.config.command import main
from tests.surge.reference_files import fixtures_folder

TORRANCE = "Torrance Bernalillo Valencia SantaFe Guadelupe Socorro Sandoval SanMiguel LosAlamos"
# Data, the words of the call, and of each cluster: places (or how many), first and last day, cases, expected, ratio.
CASES = [
    ("nm", "--model poisson --analysis retrospective --start 1973-01-01 --end 1991-12-31",
     [(TORRANCE, "1985-01-01", "1989-12-31", 236, 176.22, 10.979758)]),
    ("NYCfever", "--model permutation --analysis prospective --start 2001-11-01 --end 2001-11-24 --max-window 7 --max-km 3",
     [(9, "2001-11-22", "2001-11-24", 4, 0.67, 3.845418)]),
    ("nc7484", "--model poisson --analysis spatial --start 1974-01-01 --end 1984-12-31",
     [("Robeson Bladen Columbus Hoke Scotland", "1974-01-01", "1984-12-31", 139, 72.67, 25.380685),
      ("Northampton Halifax Hertford", "1974-01-01", "1984-12-31", 59, 28.74, 12.484724)]),
    ("nyl", "--model poisson --analysis spatial --coordinates xy --start 1978-01-01 --end 1982-12-31",
     [(37, "1978-01-01", "1982-12-31", 117, 70.61, 15.005562)]),
    ("pa", "--model permutation --analysis prospective --start 2018-01-01 --end 2019-12-31 --max-window 28",
     [("Butler", "2019-12-18", "2019-12-31", 9, 1.47, 8.793898)]),
]  # fmt: skip
P_VALUES = {"nm": 0.0118, "NYCfever": 0.2112, "nc7484": 0.0001, "nyl": 0.0004, "pa": 0.013}


@pytest.mark.parametrize(("data", "words", "clusters"), CASES, ids=[case[0] for case in CASES])
def test_the_clusters_are_those_of_the_reference(
    data: str,
    words: str,
    clusters: list[tuple[str | int, str, str, int, float, float]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = fixtures_folder() / "spacetime" / "inputs"
    call = [
        "surge",
        "scan",
        "--cases",
        str(folder / f"{data}.cas"),
        "--geo",
        str(folder / f"{data}.geo"),
        *words.split(),
    ]
    people = folder / f"{data}.pop"
    call += ["--population", str(people)] if people.is_file() else []
    assert main([*call, "--replicates", "999", "--no-sequential", "--seed", "7", "--cores", "2"]) == 0
    found = json.loads(capsys.readouterr().out)["clusters"]
    for got, (members, start, end, observed, expected, ratio) in zip(found, clusters, strict=False):
        if isinstance(members, int):
            assert len(got["locations"]) == members
        else:
            assert set(got["locations"]) == set(members.split())
        assert (got["start"], got["end"], got["observed"]) == (start, end, observed)
        assert got["expected"] == pytest.approx(expected, abs=0.005)
        assert got["llr"] == pytest.approx(ratio, abs=5e-7)
    p = P_VALUES[data]
    assert abs(found[0]["p"] - p) <= 4 * (p * (1 - p) / 999) ** 0.5 + 1 / 999
    if "prospective" in words:
        assert found[0]["recurrence_days"] == pytest.approx(1 / found[0]["p"])
