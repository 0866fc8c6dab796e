"""How fast the whole directory streams from /api/hsds/, in how much memory, and whether it keeps its OpenAPI document.

`script/bench hsds` serves the present installation (DAYBREAK_HOME) with one worker and fetches all services with
everything within them, as a page, as lines and compressed. Prints for each: entities, bytes, time to the first byte, time
in all, and the resident memory of the worker before and at its highest.

`script/bench hsds --conformance` serves some real rows in a home of its own and lets Schemathesis ask upstream's
document (its slips mended) and the one that is served, 5,000 cases each. Ends with 1 where anything fails.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
ROWS = 120
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "negative_data_rejection", "unsupported_method", "allow_header_conformance",
)  # fmt: skip
# 414 is a refusal as well; Schemathesis's own list leaves it out.
CONFIG = '[checks]\nnegative_data_rejection.expected-statuses = ["400", "404", "405", "414"]\n'


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def served(home: Path | None) -> Iterator[tuple[str, int]]:
    """One worker over a home that is set up; yields the address of the interface and the server's process."""
    port = free_port()
    environment = os.environ | {"DAYBREAK_WORKERS": "1", "PORT": str(port)}
    if home is not None:
        environment |= {"DAYBREAK_HOME": str(home)}
        command = [
            str(BIN / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
            "--blocking-threads", "4", "--no-ws", "--log-level", "warning", "daybreak.config.wsgi:application",
        ]  # fmt: skip
    else:
        command = [str(BIN / "daybreak"), "serve", "--port", str(port)]
    server = subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.DEVNULL, cwd=ROOT, env=environment
    )
    url = f"http://localhost:{port}/api/hsds"
    try:
        for _ in range(900):
            try:
                with urllib.request.urlopen(f"{url}/", timeout=2) as reply:
                    if reply.status == 200:
                        break
            except OSError:
                if server.poll() is not None:
                    raise SystemExit("bench/hsds.py: the server ended before it was ready.") from None
                time.sleep(0.2)
        else:
            raise SystemExit("bench/hsds.py: the server was not ready in 180 s.")
        yield url, server.pid
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)


def workers_rss_mb(server: int) -> float:
    """Resident memory of the largest process of the server's group, in MB: its worker."""
    found = [0.0]
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            group = int((entry / "stat").read_text().rpartition(")")[2].split()[2])
            held = re.search(r"VmRSS:\s+(\d+)", (entry / "status").read_text())
        except (OSError, ValueError):
            continue
        if group == server and held:
            found.append(int(held[1]) / 1024)
    return max(found)


def fetch(url: str, server: int, encoding: str) -> dict[str, float]:
    """One whole answer, read as it comes."""
    peak, done = [workers_rss_mb(server)], threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            peak.append(workers_rss_mb(server))

    before = peak[0]
    watcher = threading.Thread(target=watch)
    watcher.start()
    request = urllib.request.Request(url, headers={"Accept-Encoding": encoding})
    began = time.perf_counter()
    entities = sent = whole = 0
    with urllib.request.urlopen(request, timeout=120) as reply:
        first = reply.read(1)
        first_byte_s = time.perf_counter() - began
        unpack = zlib.decompressobj(31) if reply.headers.get("Content-Encoding") == "gzip" else None
        while piece := first or reply.read1(1 << 20):
            first = b""
            sent += len(piece)
            text = unpack.decompress(piece) if unpack else piece
            whole += len(text)
            entities += text.count(b'"assured_date"')
    total_s = time.perf_counter() - began
    done.set()
    watcher.join()
    return {"first_byte_ms": first_byte_s * 1e3, "total_s": total_s, "sent_mb": sent / 1e6, "whole_mb": whole / 1e6,
            "before_mb": before, "peak_mb": max(peak), "entities": entities}  # fmt: skip


def measure(rounds: int) -> None:
    """Fetch everything in each form, some times in turn; the best total of each, and the highest memory."""
    forms = {
        "page": ("/services?full=true&per_page=100000", "identity"),
        "lines": ("/services?full=true&format=ndjson", "identity"),
        "page, gzip": ("/services?full=true&per_page=100000", "gzip"),
        "lines, gzip": ("/services?full=true&format=ndjson", "gzip"),
    }
    with served(None) as (url, server):
        with urllib.request.urlopen(f"{url}/services?per_page=1", timeout=60) as reply:
            items = json.loads(reply.read())["total_items"]
        print(f"{items} services with everything within them, one worker; {rounds} rounds, best total")
        for name, (path, encoding) in forms.items():
            found = [fetch(url + path, server, encoding) for _ in range(rounds)]
            best = min(found, key=lambda one: one["total_s"])
            print(
                f"{name:12} first byte {best['first_byte_ms']:6.0f} ms, all {best['total_s']:5.2f} s, "
                f"{best['sent_mb']:6.1f} MB sent of {best['whole_mb']:6.1f}; worker {found[0]['before_mb']:.0f} MB before, "
                f"{max(one['peak_mb'] for one in found):.0f} MB at most"
            )


def small_home(folder: Path) -> Path:
    """A home with the first rows of the bundled national list, so that a case costs little."""
    source = next((ROOT / "data" / "samhsa").glob("samhsa_directory_*.csv"))
    small = folder / source.name
    with (
        source.open(encoding="utf-8", newline="") as lines,
        small.open("w", encoding="utf-8", newline="") as out,
    ):
        writer = csv.writer(out)
        writer.writerows(row for row, _ in zip(csv.reader(lines), range(ROWS + 1), strict=False))
    home = folder / "home"
    environment = os.environ | {"DAYBREAK_HOME": str(home)}
    for words in (["migrate", "-v", "0"], ["load", "samhsa", str(small)]):
        done = subprocess.run(
            [str(BIN / "daybreak"), *words], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"bench/hsds.py: daybreak {words[0]} failed:\n{done.stdout}{done.stderr}")
    return home


def with_real_ids(document: dict[str, Any], url: str) -> dict[str, Any]:
    """The document with an id that exists as the example of each address that takes one: invented ones are all unknown."""
    for path, entry in document["paths"].items():
        if "{id}" in path:
            with urllib.request.urlopen(f"{url}{path.removesuffix('/{id}')}?per_page=3", timeout=30) as reply:
                found = json.loads(reply.read())["contents"]
            entry["parameters"][0]["examples"] = {
                str(number): {"value": shape["id"]} for number, shape in enumerate(found)
            }
    return document


def conform(cases: int, seed: int, documents: list[str]) -> int:
    """Let Schemathesis ask these documents; returns 1 where anything failed or too little was asked."""
    sys.path.insert(0, str(ROOT / "src"))
    from daybreak.public.readers.hsds_openapi import upstream
    from daybreak.public.rules.hsds_openapi import mended

    worst = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "schemathesis.toml").write_text(CONFIG)
        with served(small_home(folder)) as (url, _):
            with urllib.request.urlopen(f"{url}/openapi.json", timeout=30) as reply:
                texts = {"upstream": mended(upstream()), "served": json.loads(reply.read())}
            for document in documents:
                (folder / f"{document}.json").write_text(json.dumps(with_real_ids(texts[document], url)))
                operations = len(json.loads((folder / f"{document}.json").read_text())["paths"])
                each = -(
                    -cases * 6 // (operations * 5)
                )  # addresses without parameters have few different cases
                report = folder / f"{document}-report.json"
                command = [
                    str(BIN / "schemathesis"), "--config-file", str(folder / "schemathesis.toml"), "run",
                    str(folder / f"{document}.json"), "--url", url, "--checks", ",".join(CHECKS),
                    "--phases", "examples,coverage,fuzzing", "--max-examples", str(each), "--mode", "all",
                    "--seed", str(seed), "--continue-on-failure", "--suppress-health-check", "all",
                    "--generation-database", "none",
                    "--report", "ndjson", "--report-ndjson-path", str(report), "--no-color",
                ]  # fmt: skip
                began = time.perf_counter()
                done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
                asked = report.read_text(encoding="utf-8").count('"status_code"') if report.is_file() else 0
                print(f"--- {document}: {operations} operations, {time.perf_counter() - began:.0f} s")
                print(
                    re.sub(r"(?s).*?(=+ SUMMARY)", r"\1", done.stdout)
                    if not done.returncode
                    else done.stdout[-8000:]
                )
                print(done.stderr[-2000:], end="")
                generated = re.search(r"([\d,]+) generated", done.stdout)
                count = int(generated[1].replace(",", "")) if generated else asked
                if done.returncode or count < cases:
                    print(f"{document}: FAILED (exit {done.returncode}, {count} cases of {cases})")
                    worst = 1
    return worst


def main() -> int:
    """Measure, or ask for conformance."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--conformance", action="store_true", help="ask whether the documents are kept")
    ask.add_argument("--cases", type=int, default=5000, help="how many cases each document gets at least")
    ask.add_argument("--document", choices=["upstream", "served"], action="append", help="this document only")
    ask.add_argument("--seed", type=int, default=20261122)
    given = ask.parse_args()
    if given.conformance:
        if shutil.which("schemathesis", path=str(BIN)) is None:
            raise SystemExit("bench/hsds.py: schemathesis is missing; run script/bootstrap test")
        return conform(given.cases, given.seed, given.document or ["upstream", "served"])
    measure(given.rounds)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
