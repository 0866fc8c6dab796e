"""What accounts decide, as plain tables and functions: kinds of agencies, roles and what each may do."""
