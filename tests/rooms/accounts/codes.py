"""An authenticator app for tests: RFC 6238, six digits every thirty seconds."""

from __future__ import annotations

import base64
import hmac
import struct
import time


def code(secret: str, *, at: float | None = None) -> str:
    """The code that an app with this secret shows at a moment (now)."""
    counter = struct.pack(">Q", int(time.time() if at is None else at) // 30)
    digest = hmac.new(base64.b32decode(secret + "=" * (-len(secret) % 8)), counter, "sha1").digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"
