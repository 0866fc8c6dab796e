"""Who works here: people, and later their agencies, roles and sign-in."""
