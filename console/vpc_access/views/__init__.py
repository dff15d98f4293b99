"""Views of this feature: `pages` show, `asking` asks what an act needs to know, `acts` confirms and carries out."""
