"""The product's web server, with its processes and threads, around an application of no work."""

import multiprocessing
import os

from granian.constants import HTTPModes, Interfaces
from granian.server import Server

from puhui.serve import PROCESSES, THREADS

if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    Server(
        "tests.bench.floor:application",
        address="127.0.0.1",
        port=int(os.environ["PUHUI_PORT"]),
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=PROCESSES,
        blocking_threads=THREADS,
    ).serve()
