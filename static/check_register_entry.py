#!/usr/bin/env python3
"""Check a proof of the Puhui register offline, with Python alone and the log's public key.

    python3 check_register_entry.py FILE 'log.example+1a2b3c4d+AbCd...'

FILE is a .tlog-proof, or a certificate as JSON: digest, names and signature are checked too.
Prints the entry and exits 0 if it stands in the signed register; else says why and exits 1.
Get the key from somewhere you trust, not from whoever gave you the file. Formats: C2SP
tlog-proof, tlog-checkpoint and signed-note; trees by RFC 9162; Ed25519 by RFC 8032; JSON by 8785.
"""

import json
import sys
from base64 import b64decode
from hashlib import sha256, sha512
from pathlib import Path
from unicodedata import normalize

P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def point(data):  # RFC 8032, 5.1.3
    sign, y = data[31] >> 7, int.from_bytes(data, "little") & ((1 << 255) - 1)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    if y >= P or x * x % P != square or (x == 0 and sign):
        raise ValueError("a key or signature is no point of the curve")
    return (x if x & 1 == sign else P - x), y


def add(a, b):
    cross = D * a[0] * b[0] * a[1] * b[1] % P
    x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + cross, -1, P)
    return x % P, (a[1] * b[1] + a[0] * b[0]) * pow(1 - cross, -1, P) % P


def times(number, a):
    rest = times(number >> 1, add(a, a)) if number else (0, 1)
    return add(rest, a) if number & 1 else rest


def has_signed(public, signature, text):  # RFC 8032, 5.1.7
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    k = int.from_bytes(sha512(r + public + text).digest(), "little") % ORDER
    base = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    known = len(public) == 32 and len(signature) == 64 and s < ORDER
    return known and times(s, base) == add(point(r), times(k, point(public)))


def climb(found, index, size, path):  # RFC 9162, 2.1.3.2
    last = size - 1
    for sibling in path:
        if index & 1 or index == last:
            found = sha256(b"\1" + sibling + found).digest()
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            found = sha256(b"\1" + found + sibling).digest()
        index, last = index >> 1, last >> 1
    return found if last == 0 else None


def check(file, key):
    name, key_id, data = key.strip().split("+", 2)
    (head, note), public = file.split("\n\n", 1), b64decode(data, validate=True)
    if public[0] != 1 or sha256(name.encode() + b"\n" + public).hexdigest()[:8] != key_id:
        raise ValueError("this is not an Ed25519 key of its own name")
    header, extra, index, *path = head.split("\n")
    text, signatures = note.rsplit("\n\n", 1)
    origin, size, root = text.split("\n")[:3]
    if (header, extra[:6], origin) != ("c2sp.org/tlog-proof@v1", "extra ", name):
        raise ValueError("this is not a proof with an entry, of this key's log")
    ours = [b64decode(s[len(name) + 3 :]) for s in signatures.split("\n") if f" {name} " in s]
    ours = [line[4:] for line in ours if line[:4].hex() == key_id]
    if not any(has_signed(public[1:], s, text.encode() + b"\n") for s in ours):
        raise ValueError("the checkpoint is not signed by this key")
    entry, at, hashes = b64decode(extra[6:]), int(index[6:]), [b64decode(line) for line in path]
    top = climb(sha256(b"\0" + entry).digest(), at, int(size), hashes)
    if not 0 <= at < int(size) or {len(h) for h in hashes} - {32} or top != b64decode(root):
        raise ValueError("the entry is not in the signed register")
    return f"entry {at} of {size} in {origin}\n{entry.decode()}\n"


def canonical(value):  # RFC 8785, without fractions: amounts are written as text
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(canonical(n) + ":" + canonical(value[n]) for n in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float) or (type(value) is int and abs(value) > 2**53 - 1):
        raise ValueError("the certificate has a number that was not written by us")
    return json.dumps(value, ensure_ascii=False)


def check_certificate(file, key):
    proved = check(file["proof"], key)
    entry, document = json.loads(proved.split("\n")[1]), canonical(file["document"]).encode()
    if entry["document"] != "sha256:" + sha256(document).hexdigest():
        raise ValueError("the register committed to another document")
    for name, opening in file["openings"].items():
        salt, text = bytes.fromhex(opening["salt"]), normalize("NFC", opening["text"]).encode()
        if len(salt) != 32 or entry[name] != "sha256:" + sha256(salt + text).hexdigest():
            raise ValueError(f"the register committed to another {name}")
    said, public = file["signature"], b64decode(key.split("+", 2)[2])[1:]
    form = {"algorithm": "Ed25519", "over": "document, RFC 8785", "key": key.strip()}
    if said is None:
        return proved + "the document carries no signature\n"
    if said != {**form, "value": said["value"]}:
        raise ValueError("the certificate is not signed by this key")
    if not has_signed(public, b64decode(said["value"], validate=True), document):
        raise ValueError("the certificate's signature is not over this document")
    return proved + "the document's signature holds\n"


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        text = Path(sys.argv[1]).read_text("utf-8")
        if text.startswith("{"):
            sys.stdout.write(check_certificate(json.loads(text), sys.argv[2]))
        else:
            sys.stdout.write(check(text, sys.argv[2]))
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        sys.exit(f"NOT PROVED: {problem}")
