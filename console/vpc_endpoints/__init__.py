"""THE TAB: service name, connections, permissions of one gateway. A feature: strangers to other features."""
