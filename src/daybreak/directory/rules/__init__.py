"""What the directory decides about a row: how it is mended, where it is, whether it was met before. No Django, no clock."""
