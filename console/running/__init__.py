"""How the console is started, watched and logged: commands, health, logs. Knows every room below; nobody imports it."""
