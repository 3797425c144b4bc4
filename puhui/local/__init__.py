"""Everything on one machine: embedded servers, web and worker under one small supervisor."""

from puhui.local.errors import AlreadyRunning, LocalError
from puhui.local.servers import Servers

__all__ = ["AlreadyRunning", "LocalError", "Servers"]
