"""What people do here: fill an empty installation with a demonstration, and make briefs."""
