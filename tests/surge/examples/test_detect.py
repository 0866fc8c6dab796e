"""One call for any method: settings by our words or R's, rows to test, blocks, cores; the same numbers each way."""

from __future__ import annotations

import numpy as np
import pytest

from daybreak.surge import METHODS, BadInput, Counts, detect, detector_named
from daybreak.surge.detector import settings_from
from tests.surge.toy import LIMIT


def counts(series: int = 3) -> Counts:
    return Counts.of(np.random.default_rng(1).poisson(3, (20, series)))


def test_every_method_of_the_table_is_there_and_knows_its_name() -> None:
    assert [detector_named(name).name for name in METHODS] == list(METHODS)


def test_settings_are_taken_by_our_name_or_by_the_name_in_r() -> None:
    assert settings_from(LIMIT, {"limit": "4"}).limit == 4.0
    assert settings_from(LIMIT, {"lim": 4}).limit == 4.0
    chosen = settings_from(LIMIT, {"strict": "no", "pair": "0,4", "word": "none", "rows": 2.0})
    assert (chosen.strict, chosen.pair, chosen.word, chosen.rows) == (False, (0, 4), None, 2)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"limmit": 4}, "setting of limit must be one of: limit, rows, strict, word, pair, got 'limmit'"),
        ({"limit": 4, "lim": 5}, "must be given once"),
        ({"rows": "2.5"}, "setting rows of limit must be int, got '2.5'"),
        ({"rows": True}, "must be int"),
        ({"strict": "perhaps"}, "must be bool"),
        ({"pair": "1,2,3"}, "got '1,2,3'"),
        ({"limit": None}, "must have a value"),
    ],
)
def test_a_setting_that_is_none_is_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput) as caught:
        settings_from(LIMIT, given)
    assert said in str(caught.value)


def test_an_unknown_method_is_refused_with_the_list() -> None:
    with pytest.raises(BadInput, match="method must be one of: ears-c1"):
        detect(counts(), "ears-c4")


def test_rows_to_test_may_be_a_range_a_slice_or_an_array() -> None:
    by_range = detect(counts(), LIMIT, tested=range(5, 10))
    by_slice = detect(counts(), LIMIT, tested=slice(5, 10))
    assert by_range.tested.tolist() == by_slice.tested.tolist() == [5, 6, 7, 8, 9]
    assert np.array_equal(by_range.alarm, by_slice.alarm)
    with pytest.raises(BadInput, match="tested must be increasing rows from 0 to 19"):
        detect(counts(), LIMIT, tested=range(15, 25))


def test_a_time_that_cannot_be_tested_says_why_and_is_no_quiet_time() -> None:
    missing = Counts.of([5, np.nan, 1])
    outcome = detect(missing, LIMIT)
    assert outcome.alarm[:, 0].tolist() == [-1, -1, 0]
    assert [outcome.why(time, 0) for time in range(3)] == ["needs 1 rows before", "did not report", ""]


def test_blocks_and_cores_change_nothing() -> None:
    many = counts(600)
    alone = detect(many, LIMIT)
    together = detect(many, LIMIT, cores=2)
    assert np.array_equal(alone.alarm, together.alarm)
    assert np.array_equal(
        alone.alarm,
        (many.values > 3).astype(np.int8) - (np.arange(20) < 1)[:, None] * (1 + (many.values > 3)),
    )
    assert alone.alarm.shape == (20, 600)


def test_no_series_at_all_is_an_empty_outcome() -> None:
    assert detect(Counts.of(np.empty((4, 0))), LIMIT).alarm.shape == (4, 0)


@pytest.mark.parametrize("address", ["localhost:8786", "dask://", "dask://nowhere", "tcp://127.0.0.1:8786"])
def test_a_cluster_must_be_named_by_host_and_port(address: str) -> None:
    with pytest.raises(BadInput, match="on must look like dask://HOST:PORT"):
        detect(counts(), LIMIT, on=address)
