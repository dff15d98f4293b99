"""Views of this feature: `pages` show, `acts` confirm and carry out, `binding`, `moving` and `naming` ask first."""
