"""Base URLs that the console would send its credentials to: dull ones only (reliability S7)."""

import pytest

from console.clouds.addresses import problem_with_base_url

GOOD = [
    "https://apig.eu-de.otc.t-systems.com",
    "https://apig.eu-west-101.myhuaweicloud.com/",
    "https://iam.eu-west-101.myhuaweicloud.eu:8443",
    "https://10.1.2.3",
    "https://[2001:db8::1]:443",
    "https://apig.prod-cloud-ocb.orange-business.com",
    "HTTPS://IAM.example.com",
]
LOOPBACK = [
    "http://127.0.0.1:9000",
    "http://localhost:9000",
    "http://[::1]:9000",
    "https://127.0.0.1",
    "http://127.8.9.1",
]
BAD = [
    "",
    "apig.example.com",
    "//apig.example.com",
    "http://apig.example.com",
    "http://10.0.0.1",
    "ftp://apig.example.com",
    "file:///etc/passwd",
    "gopher://apig.example.com",
    "javascript:alert(1)",
    "unix:///var/run/docker.sock",
    "https://",
    "https:///path",
    "https://:443",
    "https://user@apig.example.com",
    "https://user:secret@apig.example.com",
    "https://@apig.example.com",
    "https://apig.example.com@169.254.169.254",
    "https://apig.example.com:99999",
    "https://apig.example.com:0",
    "https://apig.example.com:",
    "https://apig.example.com:port",
    "https://apig.example.com/v2",
    "https://apig.example.com/..",
    "https://apig.example.com?x=1",
    "https://apig.example.com#x",
    "https://apig.example.com\\@evil.example",
    "https://apig example.com",
    "https://apig.example.com\n",
    "https://apig.example.com\r\nHost: evil",
    "https://äpig.example.com",
    "https://apig_example.com",
    "https://-apig.example.com",
    "https://apig..example.com",
    "https://apig.example.com.",
    "https://169.254.169.254",
    "https://169.254.169.254.",
    "https://169.254.0.1:443",
    "https://[fe80::1]",
    "https://[fe80::1%25eth0]",
    "https://[::ffff:169.254.169.254]",
    "https://[::ffff:a9fe:a9fe]",
    "https://[64:ff9b::a9fe:a9fe]",
    "https://[2002:a9fe:a9fe::]",
    "https://[fd00:ec2::254]",
    "https://100.100.100.200",
    "https://168.63.129.16",
    "https://192.0.0.192",
    "https://2852039166",
    "https://0xa9fea9fe",
    "https://0xa9.0xfe.0xa9.0xfe",
    "https://0251.0376.0251.0376",
    "https://169.254.43518",
    "https://127.1",
    "https://0",
    "https://0.0.0.0",
    "https://[::]",
    "https://255.255.255.255",
    "https://224.0.0.1",
    "https://[ff02::1]",
    "https://240.0.0.1",
    "https://metadata.google.internal",
    "https://metadata",
    "https://METADATA.google.internal",
    "https://instance-data",
    "https://[not-ip]",
    "https://[::1",
]


@pytest.mark.parametrize("url", GOOD)
def test_plain_https_addresses_may_be_used(url: str) -> None:
    assert problem_with_base_url(url) == ""


@pytest.mark.parametrize("url", BAD)
def test_hostile_addresses_are_refused(url: str) -> None:
    assert problem_with_base_url(url)


@pytest.mark.parametrize("url", LOOPBACK)
def test_this_machine_may_be_reached_also_by_plain_http(url: str) -> None:
    assert problem_with_base_url(url) == ""


@pytest.mark.parametrize("url", BAD)
def test_refusals_do_not_repeat_what_may_be_a_password(url: str) -> None:
    assert "secret" not in problem_with_base_url(url)
