"""The pages, one module for each kind of thing. Called by `console.people.urls` only."""
