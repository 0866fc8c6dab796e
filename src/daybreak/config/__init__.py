"""How the house is put together: settings, URLs, the server and the console command."""
