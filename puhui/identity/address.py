"""Network addresses, as far as limits need them."""

from ipaddress import IPv4Address, IPv6Address, ip_address


def network(address: str) -> str:
    """Return what one customer of a network holds: an IPv4 address, or the /64 of an IPv6 one.

    Something that is no address counts as one place of its own.
    """
    try:
        found: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return f"{IPv6Address(int(found) >> 64 << 64)}/64"
    return str(found)
