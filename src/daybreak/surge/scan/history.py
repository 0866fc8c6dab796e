"""From day to day: which clusters are new, grow, go on or have ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from daybreak.surge.scan.answer import Cluster


class Course(Enum):
    """What became of a cluster since the scan before."""

    NEW = "new"
    GROWING = "growing"
    ONGOING = "ongoing"
    ENDED = "ended"


@dataclass(frozen=True)
class Followed:
    """A cluster and its course. earlier: those of the scan before that share a place and a day with it; an ended
    cluster stands as it was last seen."""

    course: Course
    cluster: Cluster
    earlier: tuple[Cluster, ...] = ()


def follow(before: Sequence[Cluster], now: Sequence[Cluster], most: float = 0.05) -> list[Followed]:
    """The clusters of now, in their order, then those of before that have ended.

    Parameters
    ----------
    before, now : clusters of two scans of the same places, the second one later.
    most : clusters with a larger p are none: one that passes this line is new, one that falls behind it has ended.

    A cluster is the same as one of before if they share a place and a day. It grows if it has more cases, or places
    that none of those had; else it goes on.
    """
    were = [cluster for cluster in before if _counts(cluster, most)]
    are = [cluster for cluster in now if _counts(cluster, most)]
    followed = [_followed(cluster, were) for cluster in are]
    ended = [cluster for cluster in were if not any(_same(cluster, each) for each in are)]
    return followed + [Followed(Course.ENDED, cluster) for cluster in ended]


def _counts(cluster: Cluster, most: float) -> bool:
    return cluster.p is not None and cluster.p <= most


def _same(one: Cluster, other: Cluster) -> bool:
    together = bool(one.start <= other.end and other.start <= one.end)
    return together and not set(one.locations).isdisjoint(other.locations)


def _followed(cluster: Cluster, were: Sequence[Cluster]) -> Followed:
    earlier = tuple(each for each in were if _same(cluster, each))
    if not earlier:
        return Followed(Course.NEW, cluster)
    had = {place for each in earlier for place in each.locations}
    more = cluster.observed > max(each.observed for each in earlier)
    course = Course.GROWING if more or not set(cluster.locations) <= had else Course.ONGOING
    return Followed(course, cluster, earlier)
