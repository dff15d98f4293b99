"""What each address of this feature answers: the list, a service's pages, its creation and its changes."""
