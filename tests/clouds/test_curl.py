"""A call copied as curl is the same call, whatever is in it."""

import shlex
import subprocess
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.clouds.curl import curl
from console.clouds.exchange import WireCall
from console.clouds.masking import MASK
from console.clouds.types import DRY_RUN
from console.simcloud import SimulatedCloud
from tests.clouds.adapters import KEY, PASSWORD, adapters_to
from tests.clouds.test_exchange import WRITES

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
NAME = st.text("abcXYZ-_!#$%&'*+.^`|~", min_size=1, max_size=12)
HEADERS = st.lists(st.tuples(NAME, TEXT.filter(lambda text: text != MASK)), max_size=4)
CALLS = st.builds(
    WireCall,
    st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    TEXT.map(lambda rest: f"https://apig.example.test/{rest}"),
    HEADERS.map(lambda pairs: (*((f"X{name}", value) for name, value in pairs), ("X-Auth-Token", MASK))),
    TEXT,
)


def expected(call: WireCall, token: str) -> list[str]:
    """The arguments that curl must get."""
    given = ["curl", "--globoff", "--request", call.method, call.url]
    for name, value in call.headers:
        full = f"{name}: {token if value == MASK else value}" if value else f"{name};"
        given += ["--header", full]
    return [*given, "--data-raw", call.body] if call.body else given


@given(CALLS)
def test_the_words_of_the_command_are_the_parts_of_the_call(call: WireCall) -> None:
    words = [word for word in shlex.split(curl(call)) if word != "\n"]  # it does not know a line that goes on
    assert words == [word for word in expected(call, "$TOKEN") if word != "\n"]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CALLS, st.text("ab $`\"'\\", max_size=8))
def test_a_real_shell_takes_the_command_apart_the_same_way(tmp_path: Path, call: WireCall, token: str) -> None:
    (tmp_path / "curl").write_text("#!/bin/sh\nprintf '%s\\0' curl \"$@\"\n")
    (tmp_path / "curl").chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "TOKEN": token, "LC_ALL": "C.UTF-8"}
    words = curl(call).encode()
    run = subprocess.run(["sh"], input=words, env=environment, capture_output=True, check=True, timeout=30)
    assert run.stdout.decode().split("\0")[:-1] == expected(call, token)


def test_the_commands_of_real_calls_read_well(cloud: SimulatedCloud) -> None:
    (dry,) = WRITES["accept"](adapters_to(cloud.base_url, PASSWORD).endpoints, DRY_RUN).exchange
    project = dry.call.url.split("/")[4]
    assert curl(dry.call) == (
        f"curl --globoff --request POST {cloud.base_url}/v2/{project}/apigw/instances/"
        "7c9e6679f4d34b1c8a5f0e2d1c3b4a59/vpc-endpoint/connections/action \\\n"
        "  --header 'Content-Type: application/json' \\\n"
        "  --header 'Accept: application/json' \\\n"
        "  --compressed \\\n"
        "  --header 'User-Agent: private-access-console' \\\n"
        "  --header 'X-Language: en-us' \\\n"
        "  --header 'X-Auth-Token: '\"$TOKEN\" \\\n"
        '  --data-raw \'{"action":"receive","endpoints":["2b7f8d4f-3c5e-4f90-8d21-88bb6c4e3f02"]}\''
    )


def test_a_signed_call_is_given_with_a_token_instead(cloud: SimulatedCloud) -> None:
    (dry,) = WRITES["accept"](adapters_to(cloud.base_url, KEY).endpoints, DRY_RUN).exchange
    command = curl(dry.call)
    assert "'X-Auth-Token: '\"$TOKEN\"" in command
    assert "Authorization" not in command
    assert "X-Sdk-Date" not in command
    assert "X-Project-Id" in command
