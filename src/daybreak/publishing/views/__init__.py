"""The pages of briefs at the desk."""
