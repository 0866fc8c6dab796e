"""Circles around each place: its neighbours by distance, while the circle is small enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from daybreak.surge.counts import FloatArray, IntArray

EARTH_RADIUS_KM = 6367.0
"""Of the sphere that distances are taken on (the reference program's)."""
_SAME = 1e-9


@dataclass(frozen=True)
class Zones:
    """All circles. Those around centroid z end at the places start[z] … start[z + 1] - 1 of `neighbour`.

    start: (centroids + 1,). neighbour: places in order of distance. weight: size of the circle that ends at a
    neighbour, infinite where the next neighbour is as far away: a circle holds both or none.
    """

    start: IntArray
    neighbour: NDArray[np.int32]
    weight: FloatArray


def distances(position: FloatArray, z: int, degrees: bool) -> FloatArray:
    """(places,) distance from place z: km on a sphere, or in the unit of x and y."""
    if not degrees:
        return np.asarray(np.hypot(position[:, 0] - position[z, 0], position[:, 1] - position[z, 1]))
    latitude, longitude = np.radians(position[:, 0]), np.radians(position[:, 1])
    half = np.sin((latitude - latitude[z]) / 2) ** 2
    half = half + np.cos(latitude) * np.cos(latitude[z]) * np.sin((longitude - longitude[z]) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0))))


def zones_of(
    position: FloatArray, size: FloatArray, *, degrees: bool, most_share: float = 0.5, most_km: float = np.inf
) -> Zones:
    """Circles around every place of at most `most_share` of all size and at most the radius `most_km`.

    Parameters
    ----------
    position : (places, 2) degrees or x, y.
    size : (places,) expected cases (permutation: cases, Bernoulli: cases and controls) of the whole study.
    """
    most = most_share * size.sum() * (1 + _SAME)
    start = [0]
    neighbours: list[NDArray[np.int32]] = []
    weights: list[FloatArray] = []
    for z in range(len(position)):
        away = distances(position, z, degrees)
        near = np.flatnonzero(away <= most_km) if np.isfinite(most_km) else np.arange(len(position))
        near = near[np.argsort(away[near], kind="stable")]
        held = np.cumsum(size[near])
        far = np.append(away[near], np.inf)
        ends = far[1:] > far[:-1] * (1 + _SAME)
        within = int(np.searchsorted(held, most, side="right"))
        while within > 0 and not ends[within - 1]:
            within -= 1
        neighbours.append(near[:within].astype(np.int32))
        weights.append(np.where(ends[:within], held[:within], np.inf))
        start.append(start[-1] + within)
    return Zones(np.array(start, np.int64), np.concatenate(neighbours), np.concatenate(weights))
