"""Everything on one machine: embedded servers, web and worker under one small supervisor."""

from puhui.local.servers import AlreadyRunning, LocalError, Servers

__all__ = ["AlreadyRunning", "LocalError", "Servers"]
