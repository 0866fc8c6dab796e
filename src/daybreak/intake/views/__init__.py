"""The pages of the room, and the address that agencies' own systems call."""
