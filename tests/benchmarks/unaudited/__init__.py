"""The console with one more pair of addresses: accept and reject without the book of Changes and its audit rows."""
