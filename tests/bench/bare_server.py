"""The product's web server, with its processes and threads, around an application of no work.

The folder of the bytes is served under `/files` too, by the server itself: static files.
"""

import multiprocessing
import os
from pathlib import Path

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
        static_path_route=["/files"],
        static_path_mount=[Path(os.environ["BENCH_BODY"]).parent],
    ).serve()
