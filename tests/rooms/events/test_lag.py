"""The lag between a falling and a rising substance: found with its uncertainty, or said to be not measurable."""

from __future__ import annotations

import numpy as np
import pytest

from daybreak.events.rules.lag import Lag, NotMeasurable, lag_between
from daybreak.events.rules.wording import lag_said
from daybreak.vocabulary.sentences import sentences

MONTHS = 96
PATTERNS = sentences("lag")


def ramp(middle: float, length: float, before: float, after: float) -> np.ndarray:
    return before + (after - before) * np.clip((np.arange(MONTHS) - middle + length / 2) / length, 0, 1)


def noisy(random: np.random.Generator, means: np.ndarray) -> np.ndarray:
    """Counts that vary more than Poisson: variance mean + mean²/20."""
    return random.negative_binomial(20, 20 / (20 + means))


def pills_and_heroin(seed: int, lag: float) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return noisy(random, ramp(32, 20, 60, 15)), noisy(random, ramp(32 + lag, 18, 8, 50))


def test_without_noise_the_lag_is_exact() -> None:
    found = lag_between(ramp(32, 20, 60, 15), ramp(47, 18, 8, 50), seed=1, draws=200)
    assert isinstance(found, Lag)
    assert found.months == pytest.approx(15, abs=0.01)
    assert (found.fell_at, found.rose_at) == (pytest.approx(32), pytest.approx(47))


@pytest.mark.parametrize("lag", [15, -14])
def test_the_interval_holds_the_true_lag_in_most_of_20_simulated_pairs(lag: int) -> None:
    answers = [lag_between(*pills_and_heroin(seed, lag), seed=seed, draws=200) for seed in range(20)]
    measured = [found for found in answers if isinstance(found, Lag)]
    assert len(measured) >= 19
    assert sum(found.low <= lag <= found.high for found in measured) / len(measured) >= 0.85
    assert abs(float(np.median([found.months for found in measured])) - lag) <= 2


def test_heroin_that_rises_and_later_falls_is_followed_and_preceded() -> None:
    random = np.random.default_rng(7)
    pills = noisy(random, ramp(22, 16, 90, 15))
    heroin = noisy(random, ramp(36, 16, 8, 80) + ramp(74, 14, 0, -70))
    fentanyl = noisy(random, ramp(80, 14, 4, 90))
    first, second = lag_between(pills, heroin, seed=1), lag_between(heroin, fentanyl, seed=1)
    assert isinstance(first, Lag)
    assert isinstance(second, Lag)
    assert first.low <= 14 <= first.high
    assert second.low <= 6 <= second.high


def test_series_without_a_change_have_no_lag() -> None:
    for seed in range(15):
        random = np.random.default_rng(seed)
        flat = noisy(random, np.full(MONTHS, 30.0)), noisy(random, np.full(MONTHS, 30.0))
        assert isinstance(lag_between(*flat, seed=seed, draws=200), NotMeasurable)


@pytest.mark.parametrize(
    ("falling", "rising", "reason"),
    [
        (ramp(32, 20, 15, 60), ramp(47, 18, 8, 50), "no-fall"),
        (ramp(32, 20, 60, 15), ramp(47, 18, 50, 8), "no-rise"),
        (ramp(32, 20, 60, 15), np.zeros(MONTHS), "no-rise"),
        (ramp(32, 20, 60, 15)[:30], ramp(47, 18, 8, 50)[:30], "too-short"),
        (ramp(32, 20, 60, 15), ramp(93, 2, 8, 50), "no-rise"),
    ],
)
def test_what_cannot_be_measured_says_why(falling: np.ndarray, rising: np.ndarray, reason: str) -> None:
    found = lag_between(falling, rising, seed=1, draws=200)
    assert found == NotMeasurable(reason)
    said = lag_said(NotMeasurable(reason), "prescription-opioid", "heroin", PATTERNS)
    assert "from prescription opioid to heroin is not measurable" in said


def test_the_same_seed_gives_the_same_answer() -> None:
    one, other = (lag_between(*pills_and_heroin(3, 15), seed=5, draws=200) for _ in range(2))
    assert one == other
    assert lag_between(*pills_and_heroin(3, 15), seed=6, draws=200) != one


@pytest.mark.parametrize(
    ("falling", "rising", "draws"),
    [([1, 2, 3], [1, 2], 200), ([-1.0] * 40, [1.0] * 40, 200), ([float("nan")] * 40, [1.0] * 40, 200),
     ([1.0] * 40, [1.0] * 40, 10)],
)  # fmt: skip
def test_series_that_are_no_counts_are_refused(falling: list[float], rising: list[float], draws: int) -> None:
    with pytest.raises(ValueError, match="must"):
        lag_between(falling, rising, seed=1, draws=draws)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Lag(14.5, 9.2, 19.8, 20, 34.5), "came about 14 months after the fall of prescription opioid (95% interval: 9 to 20"),
        (Lag(-8, -12, -3, 40, 32), "came about 8 months before the fall of prescription opioid (95% interval: 3 to 12"),
        (Lag(2, -3, 6, 40, 42), "which was first cannot be told"),
    ],
)  # fmt: skip
def test_the_sentence_says_the_lag_and_its_uncertainty(found: Lag, words: str) -> None:
    said = lag_said(found, "prescription-opioid", "heroin", PATTERNS)
    assert words in said
    assert said.startswith("The rise of heroin")
