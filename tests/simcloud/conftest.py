"""A running simulated cloud without delays, and who calls it."""

from collections.abc import Iterator

import pytest

from console.simcloud import SimulatedCloud
from tests.simcloud.alibaba_caller import AlibabaCaller
from tests.simcloud.caller import Caller, consumer_of
from tests.simcloud.parties import Customer, Provider


@pytest.fixture
def cloud() -> Iterator[SimulatedCloud]:
    with SimulatedCloud() as running:
        yield running


@pytest.fixture
def caller(cloud: SimulatedCloud) -> Caller:
    return Caller(cloud)


@pytest.fixture
def consumer(cloud: SimulatedCloud) -> Caller:
    return consumer_of(cloud)


@pytest.fixture
def provider(caller: Caller) -> Provider:
    return Provider(caller)


@pytest.fixture
def customer(consumer: Caller) -> Customer:
    return Customer(consumer)


@pytest.fixture
def alibaba(cloud: SimulatedCloud) -> AlibabaCaller:
    return AlibabaCaller(cloud)
