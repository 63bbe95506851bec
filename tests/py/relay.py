#!/usr/bin/python3
"""An SMTP relay for the tests: a real server (aiosmtpd) that does to each mail what a file says, and writes down what it took.

Usage: relay.py '{"port": 0, "say": FILE, "out": FILE, "tls": "off|starttls|implicit", "cert": FILE, "key": FILE, "user": U, "password": P}'
It prints its port. The file `say` holds nothing (take everything) or one line:
  "4xx ..." / "5xx ..."  the answer to each recipient
  "mail 5xx ..."         the answer to each sender
  "greet 5xx"            close at once, before any greeting
  "hold"                 take a mail, write it down, and never answer
Each mail that was taken is one line of JSON in `out`.
"""
import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

how = json.loads(sys.argv[1])


def say():
    with open(how["say"], encoding="utf-8") as file:
        return file.read().strip()


class Taker:
    async def handle_MAIL(self, server, session, envelope, address, options):
        if say().startswith("mail "):
            return say()[5:]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if say()[:1] in ("4", "5"):
            return say()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        taken = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "data": envelope.content.decode("ascii"),
            "tls": session.ssl is not None or how["tls"] == "implicit",
            "user": getattr(session.auth_data, "login", b"").decode() if session.auth_data else "",
        }
        with open(how["out"], "a", encoding="utf-8") as file:
            file.write(json.dumps(taken) + "\n")
        if say() == "hold":
            await asyncio.sleep(3600)
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    right = data.login.decode() == how["user"] and data.password.decode() == how["password"]
    return AuthResult(success=right, auth_data=data if right else None)


def context():
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(how["cert"], how["key"])
    return made


def protocol():
    more = {}
    if how["tls"] == "starttls":
        more = {"tls_context": context(), "require_starttls": True}
    if how.get("user"):
        more.update(authenticator=authenticate, auth_required=True, auth_require_tls=how["tls"] == "starttls")
    return SMTP(Taker(), hostname="relay.example.org", **more)


class Slammed(asyncio.Protocol):
    def connection_made(self, transport):
        transport.close()


async def main():
    loop = asyncio.get_running_loop()
    tls = context() if how["tls"] == "implicit" else None
    factory = lambda: Slammed() if say().startswith("greet") else protocol()
    server = await loop.create_server(factory, "127.0.0.1", how["port"], ssl=tls)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
