"""Verifies a statement file with Python's `cryptography` alone, from docs/formats/statement.md and approval.md.

usage: verify_statement.py FILE ROOT_VKEY      exit 0: it holds; 1: it does not; 2: unreadable
"""
import base64, hashlib, json, sys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class False_(Exception):
    pass


def lines_of(note, name, key, document):
    """The lines of a note signed by `key` under `name` over `document` (statement.md clause 1)."""
    text, _, signatures = note.partition("\n\n")
    text += "\n"
    for line in signatures.splitlines():
        dash, who, blob = line.split(" ")
        if dash != "\u2014" or who != name:
            continue
        blob = base64.b64decode(blob)
        if blob[:4] != hashlib.sha256(name.encode() + b"\n\x01" + key).digest()[:4]:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(blob[4:], text.encode())
        except InvalidSignature:
            raise False_("a signature does not hold")
        lines = text.split("\n")
        if len(lines) != 8 or lines[0] != "sign/v1":
            raise False_("not seven lines")
        if lines[2] != hashlib.sha256(document).hexdigest():
            raise False_("a signature is over another document")
        return lines
    raise False_("not signed by that key")


def people(papers, root_name, root_key):
    """What follows from the root: every approval that holds (approval.md clause 2)."""
    held, waiting, moved = [], list(papers), True
    while moved:
        moved = False
        for paper in list(waiting):
            document = paper["document"].encode()
            subject = json.loads(document)
            if "person" not in subject:
                waiting.remove(paper)  # a unit's: not needed here
                continue
            signer = paper["note"].split("\n")[4]
            if signer == "root":
                by = [(root_name, root_key)]
            else:
                force = subject["area"] == "" and subject["role"] in ("auditor", "administrator")
                by = [
                    ("person/" + signer, base64.b64decode(one["signing_key"]))
                    for one in held
                    if one["person"] == signer != subject["person"] and one["role"] == "aic"
                    and (force or (one["area"] == subject["area"] != ""))
                ]
            for name, key in by:
                try:
                    lines = lines_of(paper["note"], name, key, document)
                except False_:
                    continue
                if lines[1] == "approve" and lines[3] == "person/" + subject["person"] and lines[4] == signer:
                    held.append(subject)
                    waiting.remove(paper)
                    moved = True
                    break
    return held


def verify(file, root):
    root_name, _, root_key = root.split("+", 2)
    root_key = base64.b64decode(root_key)
    document, key = base64.b64decode(file["document"], validate=True), base64.b64decode(file["signing_key"])
    if file["format"] != "statement-file/v1" or root_key[:1] != b"\x01":
        raise ValueError("an unknown kind of file or key")
    signer = file["note"].split("\n")[4]
    lines = lines_of(file["note"], "person/" + signer, key, document)
    for one in people(file["papers"], root_name, root_key[1:]):
        if one["person"] == signer and one["signing_key"] == file["signing_key"]:
            return one, lines
    raise False_("no chain of papers leads to the root")


if __name__ == "__main__":
    try:
        with open(sys.argv[1], encoding="utf-8") as opened:
            statement = json.load(opened)
        who, said = verify(statement, sys.argv[2])
    except False_ as why:
        print(f"FALSE: {why}")
        sys.exit(1)
    except Exception as why:  # anything else is a file that cannot be read
        print(f"UNREADABLE: {why!r}")
        sys.exit(2)
    print(f"HOLDS: {who['name']}, {who['role']}: {said[1]} {said[3]} at {said[6]}")
