"""Drives Debian's slixmpp over cases: cases as JSON lines on standard input, what was observed as JSON lines on standard output.

In:   {"id", "jid", "ca", "connect"} a line
Out:  {"id", "observed", "detail"} a line; observed is accepts, refuses, cannot-connect or unknown
Not:  judging whether that is right (run.ts)

A program accepts a server when it begins to sign in.
"""

import asyncio
import json
import logging
import sys

import slixmpp

# Seconds a case may take; the servers stand on this machine.
LONGEST = 4
# Seconds after the handshake, for a server that offers nothing to sign in with.
SETTLE = 2


class Listener(logging.Handler):
    """Hears slixmpp's own log: what it sends stands there."""

    def __init__(self, hear):
        super().__init__(logging.DEBUG)
        self.hear = hear

    def emit(self, record):
        self.hear(record.getMessage())


async def run(case):
    told = []
    secured = False
    logger = logging.getLogger("slixmpp")
    logger.setLevel(logging.DEBUG)
    loop = asyncio.get_running_loop()
    over = loop.create_future()

    def end(observed, detail=""):
        if not over.done():
            over.set_result((observed, str(detail)))

    def hear(message):
        told.append(message)
        if message.startswith("SEND: <auth "):
            end("accepts", "begins to sign in" if secured else "begins to sign in without encryption")

    handler = Listener(hear)
    logger.addHandler(handler)
    client = slixmpp.ClientXMPP(case["jid"], "no password is right")
    client.ca_certs = case["ca"]

    def tls(_):
        nonlocal secured
        secured = True
        loop.call_later(SETTLE, lambda: end("accepts", "goes on under TLS"))

    def failed(why):
        end("refuses" if "certificate" in str(why) else "cannot-connect", why)

    client.add_event_handler("ssl_cert", tls)
    client.add_event_handler("ssl_invalid_chain", lambda why: end("refuses", why))
    client.add_event_handler("connection_failed", failed)
    client.add_event_handler("disconnected", lambda why: end("refuses", why or "disconnected"))
    try:
        address = None
        if case.get("connect"):
            host, port = case["connect"].rsplit(":", 1)
            address = (host, int(port))
        client.connect(address) if address else client.connect()
        observed, detail = await asyncio.wait_for(over, LONGEST)
    except asyncio.TimeoutError:
        observed, detail = "unknown", f"nothing more in {LONGEST} s; last: {told[-1] if told else ''}"
    except Exception as fault:  # What slixmpp itself throws is an observation, too.
        observed, detail = "unknown", f"{type(fault).__name__}: {fault}"
    logger.removeHandler(handler)
    client.abort()
    return {"id": case["id"], "observed": observed, "detail": detail[:300]}


async def main():
    for line in sys.stdin:
        print(json.dumps(await run(json.loads(line))), flush=True)


print(json.dumps({"program": f"slixmpp {slixmpp.__version__}, Python {sys.version.split()[0]}"}), flush=True)
asyncio.run(main())
