"""What acts on connections and on whitelists share: some clouds take several of their objects in one call."""

from abc import abstractmethod
from collections.abc import Sequence

from console.changes.kinds.kind import Kind, Parameters, Place
from console.clouds.types import IntentId, Receipt


class AdmissionKind(Kind):
    """An act at a host that others connect to."""

    def in_one_call(self, place: Place) -> int:
        """As many as the cloud says (huawei-contract 4.5, 4.7 and 5.5)."""
        return place.admission.traits.in_one_call

    def call(self, place: Place, target: str, parameters: Parameters, intent: IntentId) -> Receipt:
        """One object, so that it has an answer of its own."""
        return self.call_together(place, [target], parameters, intent)

    @abstractmethod
    def call_together(self, place: Place, targets: Sequence[str], parameters: Parameters, intent: IntentId) -> Receipt:
        """One call for all of them."""
