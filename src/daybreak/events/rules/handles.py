"""Handles of rows: what an address calls a row, so that its number, which tells the order of imports, stays inside."""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

_ROUNDS = 4
_HALF = 8


def handle_of(number: int, *, key: bytes) -> UUID:
    """The handle of a row's number: a keyed permutation (Feistel's network over HMAC-SHA256) of the number and eight zeros."""
    if not 0 < number < 2**63:
        raise ValueError(f"The number of a row must be from 1 to 2^63 - 1; got {number}.")
    left, right = number.to_bytes(_HALF), bytes(_HALF)
    for turn in range(_ROUNDS):
        left, right = right, _mixed(left, right, turn, key)
    return UUID(bytes=left + right)


def number_of(handle: UUID, *, key: bytes) -> int | None:
    """The number of the row; None where nobody gave out this handle under this key."""
    left, right = handle.bytes[:_HALF], handle.bytes[_HALF:]
    for turn in reversed(range(_ROUNDS)):
        left, right = _mixed(right, left, turn, key), left
    number = int.from_bytes(left)
    return number if right == bytes(_HALF) and 0 < number < 2**63 else None


def _mixed(block: bytes, other: bytes, turn: int, key: bytes) -> bytes:
    pad = hmac.digest(key, bytes([turn]) + other, hashlib.sha256)
    return bytes(one ^ two for one, two in zip(block, pad, strict=False))
