"""rdflib-endpoint on one N-Quads file, run by the Python of an environment that has it.

``python rdflib_server.py FILE PORT`` listens when the file is loaded. rdflib-endpoint evaluates in its only thread,
without a time limit, so a fork of the process that loaded the file serves it: SIGHUP ends that one and its query, and
makes another.
"""

import gc
import os
import signal
import sys

import uvicorn
from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint


def serve(endpoint: SparqlEndpoint, port: int) -> None:
    """Answer until this process is ended."""
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    uvicorn.run(endpoint, host="127.0.0.1", port=port, log_level="error")
    os._exit(0)


def main() -> None:
    """Load the file and keep one process serving it."""
    dataset = Dataset(default_union=True)
    dataset.parse(sys.argv[1], format="nquads")
    gc.freeze()
    endpoint = SparqlEndpoint(graph=dataset, path="/sparql")
    signal.signal(signal.SIGHUP, lambda *_: os.kill(child, signal.SIGKILL))
    signal.signal(signal.SIGTERM, lambda *_: (os.kill(child, signal.SIGKILL), os._exit(0)))
    while True:
        child = os.fork()
        if not child:
            serve(endpoint, int(sys.argv[2]))
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
