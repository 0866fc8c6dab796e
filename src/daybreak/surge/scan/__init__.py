"""Where cases cluster in space and time: scan statistics with Poisson, Bernoulli and permutation models."""

from daybreak.surge.scan.clusters import Cluster
from daybreak.surge.scan.dates import Steps, Unit, steps_of
from daybreak.surge.scan.history import Course, Followed, follow
from daybreak.surge.scan.inputs import Events, People, Places, read_events, read_people, read_places
from daybreak.surge.scan.replicates import MonteCarlo
from daybreak.surge.scan.scanning import Question, Scan, scan

__all__ = [
    "Cluster", "Course", "Events", "Followed", "MonteCarlo", "People", "Places", "Question", "Scan", "Steps", "Unit",
    "follow", "read_events", "read_people", "read_places", "scan", "steps_of",
]  # fmt: skip
