"""The directory: programs that treat substance use disorder, what they say of themselves, and who said it when."""
