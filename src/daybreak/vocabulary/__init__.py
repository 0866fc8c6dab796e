"""The words of the house: needs, codes, places. Plain Python, everybody's."""
