"""What every page needs: request id, headers, fragments, error pages, tables, forms, tags. No business here."""
