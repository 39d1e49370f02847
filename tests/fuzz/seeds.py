"""Makes the fuzzers' first inputs out of the fixtures: seeds.py FIXTURES CORPUS."""

import base64
import pathlib
import random
import re
import sys
import zipfile

fixtures, corpus = map(pathlib.Path, sys.argv[1:])
BANKS = ["court-bank", "court-bank-generation-1", "court-bank-generation-2"]
# As in fuzz_targets/answers.rs.
CALLED = [
    "court-realty", "tianyancha", "qichacha", "gleif", "companies-house", "declarative", "market-regulator", "market-regulator-parameters",
    "court-realty-form", "court-realty-county", "court-realty",
]
OPERATIONS = ["shfeedXzcxInfo", "shfeedXzkzInfo", "htInfo", "shfeedXzcxwlxxInfo", "cxwsInfo", "kzwsInfo", "zjInfo", "wsInfo"]
count = 0


def seed(target, content):
    global count
    count += 1
    folder = corpus / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"seed-{count:05}").write_bytes(content)


def named(name):
    """The first byte that gives a file its name: see fuzz_targets/bank.rs."""
    kinds = [("KZFK", 1), ("CXFK", 0), ("QRI", 4), ("QNA", 5), ("QR", 2)]
    return bytes([next((at for prefix, at in kinds if prefix in name), 7)])


def xml(name, content):
    seed("bank_xml", named(name) + content)
    seed("bank_xml", bytes([0x80 | ("KZFK" in name)]) + content)


for bank in BANKS:
    for path in sorted((fixtures / bank).iterdir()):
        if ".reply." not in path.name and ".request." not in path.name:
            continue
        content = path.read_bytes()
        if content[:2] == b"PK" or path.suffix.lower() == ".zip":
            seed("bank_package", named(path.name) + content)
            try:
                with zipfile.ZipFile(path) as package:
                    for name in package.namelist():
                        if package.getinfo(name).file_size < 1 << 16:
                            xml(name, package.read(name))
            except (zipfile.BadZipFile, ValueError):
                pass
        else:
            xml(path.name, content)

for path in sorted((fixtures / "court-bank-service").glob("*.call.xml")):
    content = path.read_bytes()
    seed("calls", b"\0" + content)
    called = next((name for name in OPERATIONS if name.encode() in content), None)
    arguments = re.findall(rb">([A-Za-z0-9+/=\s]{16,})<", content)
    if called and len(arguments) > 1:
        try:
            inner = base64.b64decode(b"".join(arguments[1].split()))
        except ValueError:
            continue
        seed("calls", bytes([0x80 | OPERATIONS.index(called)]) + inner)

for path in sorted((fixtures / "court-realty-postbox").glob("*.reply.*")):
    content = path.read_bytes()
    seed("calls", b"\x40" + content)
    try:
        seed("calls", b"\xc0" + base64.b64decode(content, validate=True))
    except ValueError:
        pass

for path in sorted((fixtures / "court-realty-platform").glob("*.reply.*")):
    seed("calls", b"\x64" + path.read_bytes())
    seed("calls", b"\xe4" + path.read_bytes())

for path in sorted((fixtures / "court-realty").glob("call-back-*.reply.*")):
    kinds = [("receipt", b"\x21"), ("deleted", b"\x22")]
    first = next((first for kind, first in kinds if kind in path.name), b"\x20")
    seed("calls", first + path.read_bytes())

for at, called in enumerate(CALLED):
    scenarios = {}
    for path in (fixtures / called).glob("*.reply.*"):
        scenario, _, place = path.name.partition(".reply.")
        order = int(place.split(".")[0]) if place.split(".")[0].isdigit() else 0
        scenarios.setdefault(scenario, []).append((order, path))
    for replies in scenarios.values():
        bodies = [path.read_bytes() for _, path in sorted(replies)]
        seed("answers", bytes([at, 0]) + b"\n\0\n".join(bodies))

# Worlds of many lengths; the fuzzer makes them interesting.
chance = random.Random(1)
for length in range(20, 420, 8):
    seed("world", chance.randbytes(length))

print(f"{count} seeds")

# Answers of an SFTP server: status, handle, data, names, attributes.
for kind, body in [
    (101, b"\0\0\0\4" + b"\0\0\0\2no" + b"\0\0\0\2en"), (101, b"\0\0\0\1"), (102, b"\0\0\0\2\xff\0"), (103, b"\0\0\0\3abc"),
    (104, b"\0\0\0\1" + b"\0\0\0\1x" + b"\0\0\0\0" + b"\0\0\0\5" + b"\0" * 7 + b"\7" + b"\0\0\x81\xa0"),
    (105, b"\x80\0\0\1" + b"\0" * 8 + b"\0\0\0\1" + b"\0\0\0\1a" + b"\0\0\0\0"),
]:
    seed("sftp_answers", bytes([kind]) + body)
