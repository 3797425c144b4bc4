"""What keeps everything from running on this machine, in one sentence for whoever started it."""


class LocalError(Exception):
    """The servers of this machine cannot be started; says why in one sentence."""


class AlreadyRunning(LocalError):
    """Another process uses the data folder."""
