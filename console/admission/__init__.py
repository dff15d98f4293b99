"""Connections and Permissions of one host, whichever: a gateway's tab and an endpoint service's pages share them."""
