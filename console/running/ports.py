"""Asking the machine which ports are free, before anything is started or changed."""

import errno
import ipaddress
import socket


class CannotListen(OSError):
    """The address cannot be served; the text is one sentence for the person who asked for it."""


def address_of(host: str) -> str:
    """The IP address to listen on; `localhost` is the IPv4 loopback. Raises CannotListen for anything else."""
    try:
        return str(ipaddress.ip_address("127.0.0.1" if host == "localhost" else host.strip("[]")))
    except ValueError as error:
        raise CannotListen(
            f"{host} is not an IP address. Give an address of this machine, such as 127.0.0.1."
        ) from error


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach the address."""
    return ipaddress.ip_address(address).is_loopback


def claim(address: str, port: int) -> None:
    """Make sure that nobody listens there. Raises CannotListen with the reason.

    The server itself would not notice: its workers share a port among themselves, and would with a stranger.
    """
    with _socket(address) as attempt:
        try:
            attempt.bind((address, port))
        except OSError as error:
            raise CannotListen(_sentence(address, port, error)) from error


def free_port(address: str, preferred: int) -> int:
    """The preferred port, or another that is free at this moment."""
    try:
        claim(address, preferred)
    except CannotListen:
        with _socket(address) as attempt:
            attempt.bind((address, 0))
            return int(attempt.getsockname()[1])
    return preferred


def _socket(address: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return opened


def _sentence(address: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {address} is already in use: stop what runs there, or choose another with --port."
    if error.errno == errno.EACCES:
        return f"Port {port} may not be used without more rights: choose one above 1023 with --port."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{address} is not an address of this machine."
    return f"Port {port} on {address} cannot be used: {error.strerror}."
