"""What can be done to a cloud. Adding an act is adding a kind here and one line in `registry`."""
