"""How many result pages a second two workers serve, every request different, with the load on the same cores.

Run `script/bench web` (needs wrk, Debian's package of that name). Prints, for the result page and for a trivial page of
the same server in the same run: requests a second, median and 99th percentile in milliseconds, errors; and the ratio.
Each is measured in several rounds, in turn; the medians are to be quoted.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
LUA = """
local paths, at = {}, 0
for line in io.lines(os.getenv("BENCH_PATHS")) do paths[#paths + 1] = line end
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at], {["Host"] = "localhost", ["Accept-Encoding"] = os.getenv("BENCH_ENCODING")})
end
"""


def different_paths(count: int, seed: int) -> list[str]:
    """That many different searches: ZIPs, towns, needs, words, radii, both languages; drawn with a seed."""
    from daybreak.vocabulary.gazetteer import ZipArea, atlas
    from daybreak.vocabulary.needs import needs

    draw = random.Random(seed)
    areas = [ZipArea(*row) for row in atlas().areas.values()]
    home = [area for area in areas if area.state == "KY"]
    usual = [
        "detox",
        "residential",
        "outpatient",
        "buprenorphine",
        "methadone",
        "medicaid",
        "free",
        "women",
        "pregnant",
    ]
    words = [
        "",
        "",
        "detox for heroin",
        "suboxon",
        "no insurance",
        "rehab for my son",
        "sin seguro",
        "not methadone",
    ]
    found: dict[str, None] = {}
    while len(found) < count:
        area = draw.choice(home if draw.random() < 0.5 else areas)
        chosen = draw.sample(usual, draw.randint(0, 3)) + (
            draw.sample(list(needs()), 1) if draw.random() < 0.2 else []
        )
        pairs = [("near", area.zip if draw.random() < 0.8 else f"{area.city}, {area.state}")]
        pairs += [("need", need) for need in chosen]
        pairs += [("radius", str(draw.choice([10, 25, 50, 100])))] if draw.random() < 0.5 else []
        pairs += [("q", text)] if (text := draw.choice(words)) else []
        found[("/es" if draw.random() < 0.2 else "") + "/find?" + urlencode(pairs)] = None
    return list(found)


@contextmanager
def served(command: list[str], port: int, path: str) -> Iterator[None]:
    """A server as a process group of its own, ready when ``path`` answers 200."""
    server = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    try:
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"http://localhost:{port}{path}", timeout=2) as reply:
                    if reply.status == 200:
                        break
            except OSError:
                time.sleep(0.2)
        else:
            raise SystemExit(f"bench/web.py: the server on port {port} was not ready in 120 s.")
        yield
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)


def load(port: int, paths: Path, seconds: int, connections: int, encoding: str) -> dict[str, float]:
    """One round of wrk: one thread, so many connections."""
    script = paths.with_suffix(".lua")
    script.write_text(LUA)
    command = [
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{seconds}s",
        "--latency",
        "-s",
        str(script),
        f"http://localhost:{port}",
    ]
    environment = os.environ | {"BENCH_PATHS": str(paths), "BENCH_ENCODING": encoding}
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    errors = sum(
        int(number) for number in re.findall(r"(?:connect|read|write|timeout|responses:) (\d+)", said)
    )
    size = re.search(r"([\d.]+)(KB|MB|GB) read", said)
    bytes_read = float(size[1]) * {"KB": 1e3, "MB": 1e6, "GB": 1e9}[size[2]] if size else 0.0
    requests = int(re.search(r"(\d+) requests in", said)[1])
    return {
        "per_second": float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]),
        "p50_ms": _milliseconds(re.search(r"50%\s+([\d.]+)(us|ms|s)", said)),
        "p99_ms": _milliseconds(re.search(r"99%\s+([\d.]+)(us|ms|s)", said)),
        "errors": float(errors),
        "kb_a_page": bytes_read / 1e3 / max(requests, 1),
    }


def _milliseconds(found: re.Match[str]) -> float:
    return float(found[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found[2]]


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main() -> None:
    """Measure and print."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--seconds", type=int, default=10)
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--connections", type=int, default=32)
    ask.add_argument("--paths", type=int, default=40_000)
    ask.add_argument("--encoding", default="identity", help="Accept-Encoding of the load: identity or gzip")
    given = ask.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("bench/web.py: wrk is missing; on Debian: apt-get install wrk")
    with tempfile.TemporaryDirectory() as folder:
        paths = Path(folder) / "pages.txt"
        paths.write_text("\n".join(different_paths(given.paths, seed=20130701)))
        trivial = Path(folder) / "trivial.txt"
        trivial.write_text("/")
        ports = free_port(), free_port()
        site = [str(BIN / "daybreak"), "serve", "--port", str(ports[0])]
        small = [
            str(BIN / "granian"), "--interface", "wsgi", "--port", str(ports[1]), "--workers", "2", "--blocking-threads", "4",
            "--no-ws", "--log-level", "warning", "bench.trivial_site:application",
        ]  # fmt: skip
        rounds: dict[str, list[dict[str, float]]] = {"result page": [], "trivial page": []}
        with served(site, ports[0], "/health"), served(small, ports[1], "/"):
            load(ports[0], paths, 2, given.connections, given.encoding)
            for _ in range(given.rounds):
                rounds["result page"].append(
                    load(ports[0], paths, given.seconds, given.connections, given.encoding)
                )
                rounds["trivial page"].append(
                    load(ports[1], trivial, given.seconds, given.connections, given.encoding)
                )
    report(rounds, given.connections, given.encoding)


def report(rounds: dict[str, list[dict[str, float]]], connections: int, encoding: str) -> None:
    """Medians, with the lowest and highest of the rounds, and the ratio."""
    print(
        f"{connections} connections, {encoding}, {len(next(iter(rounds.values())))} rounds: median (lowest–highest)"
    )
    middle = {}
    for name, found in rounds.items():
        middle[name] = statistics.median(r["per_second"] for r in found)
        cells = []
        for key, unit in (
            ("per_second", "/s"),
            ("p50_ms", "ms p50"),
            ("p99_ms", "ms p99"),
            ("kb_a_page", "kB"),
        ):
            values = [r[key] for r in found]
            cells.append(f"{statistics.median(values):.1f} ({min(values):.1f}–{max(values):.1f}) {unit}")
        print(f"{name:13} {', '.join(cells)}, errors {sum(r['errors'] for r in found):.0f}")
    print(f"ratio         {middle['result page'] / middle['trivial page']:.3f} of the trivial page")


if __name__ == "__main__":
    main()
