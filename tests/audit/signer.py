"""A process that signs checkpoints while others write: `python -m tests.audit.signer COUNT`."""

import sys
import time

import django

django.setup()

from console.audit import checkpoints  # noqa: E402 - after setup
from console.audit.checkpoints import NothingToSign  # noqa: E402

if __name__ == "__main__":
    left = int(sys.argv[1])
    while left:
        try:
            checkpoints.sign()
            left -= 1
        except NothingToSign:
            pass  # no writer has begun yet
        time.sleep(0.05)
