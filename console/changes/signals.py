"""What this room tells whoever wants to hear it."""

from typing import Final

from django.dispatch import Signal

#: Away from a page of the host something was done there, or found to be done. Sent with `cloud` and `gateway_id`.
done_elsewhere: Final = Signal()
