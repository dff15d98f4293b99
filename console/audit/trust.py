"""Which keys this machine believes. Never what the database says: whoever rewrites it could write a key there too."""

from console.audit import keyring
from console.audit.keyring import KeyTrouble
from console.audit.models import Checkpoint
from console.audit.statements import public_text


def own_keys() -> list[str]:
    """The public halves of the keys in hand, in base64.

    Raises KeyTrouble when there are checkpoints and nothing to check them with.
    """
    found = [public_text(key) for key in keyring.in_hand().values()]
    if not found and Checkpoint.objects.exists():
        raise KeyTrouble("this machine holds no signing key to check the checkpoints with; give --public-key")
    return found
