"""Which processes of the console run, on every machine, by a row that each of them renews."""
