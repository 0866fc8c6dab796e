"""Agency files in: what somebody dropped, how its columns are read, and how its rows add up."""
