"""How data go out: with a strong ETag, only when they changed, compressed, and as they are read where they are many."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags

from daybreak.public.middleware import takes_gzip
from daybreak.public.views.few import OneOfFew
from daybreak.public.views.opening import site_address

KEEP = "public, max-age=300"
# Level 1 keeps up with the database; level 5 takes three times as long for a sixth less.
LEVEL = 1
_GZIP = 31
CHUNK = 65_536
LEAST_BYTES = 500


def tag_of(request: HttpRequest, stamp: str, variant: str = "") -> str:
    """The ETag, unquoted, of what this address answers while the directory has this stamp."""
    address = site_address(request) + request.path_info
    parameters = sorted((name, tuple(values)) for name, values in request.GET.lists())
    seen = hashlib.sha256(repr((stamp, address, parameters, variant)).encode("utf-8", "replace"))
    return seen.hexdigest()[:32]


def unchanged(request: HttpRequest, tag: str, keep: str) -> HttpResponse | None:
    """304 where the reader has this answer already, compressed or not; else None."""
    held = {sent.removeprefix("W/") for sent in parse_etags(request.headers.get("If-None-Match", ""))}
    for name in (f'"{tag}"', f'"{tag}-gzip"'):
        if name in held:
            return HttpResponse(status=304, headers=_headers(name, keep))
    return None


def answer_for(
    request: HttpRequest, body: bytes | Iterable[bytes], *, tag: str, kind: str, keep: str = KEEP
) -> HttpResponseBase:
    """The whole answer: bytes with their length, pieces as they come. ``*`` in If-None-Match holds for whatever there is.

    Raises TooMany where there are pieces and too many others are being read.
    """
    gzip = takes_gzip(request.META.get("HTTP_ACCEPT_ENCODING", ""))
    if isinstance(body, bytes) and len(body) <= LEAST_BYTES:
        gzip = False
    headers = _headers(f'"{tag}-gzip"' if gzip else f'"{tag}"', keep)
    if request.headers.get("If-None-Match", "").strip() == "*":
        return HttpResponse(status=304, headers=headers)
    if gzip:
        headers["Content-Encoding"] = "gzip"
    if isinstance(body, bytes):
        sent = zlib.compress(body, LEVEL, _GZIP) if gzip else body
        headers["Content-Length"] = str(len(sent))
        return HttpResponse(b"" if request.method == "HEAD" else sent, content_type=kind, headers=headers)
    if request.method == "HEAD":
        return HttpResponse(b"", content_type=kind, headers=headers)
    pieces = _compressed(body) if gzip else _gathered(body)
    return StreamingHttpResponse(OneOfFew(pieces), content_type=kind, headers=headers)


def _headers(tag: str, keep: str) -> dict[str, str]:
    return {"ETag": tag, "Cache-Control": keep, "Vary": "Accept, Accept-Encoding"}


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces in chunks of some size; the first one by itself, so that the reader hears at once."""
    held: list[bytes] = []
    size, least = 0, 1
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= least:
            yield b"".join(held)
            held.clear()
            size, least = 0, CHUNK
    if held:
        yield b"".join(held)


def _compressed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same, compressed; what a chunk began is sent with it, not kept back until the next one."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, _GZIP)
    for chunk in _gathered(pieces):
        packed = packer.compress(chunk) + packer.flush(zlib.Z_SYNC_FLUSH)
        yield packed
    yield packer.flush()
