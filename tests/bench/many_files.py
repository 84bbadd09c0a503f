"""usage: many_files.py TOKPREP FOLDER COUNT

Fills FOLDER with what a finished run over COUNT tiny pictures leaves: drop/N.png, out/N.jpg, out/N.tokprep.json, and
items.jsonl, which names them all. One picture is really prepared; the others are its copies, each with a certificate that
notes its own times. Whether they are as a real run would leave them, the measured run tells: it skips every one.
"""

import json
import os
import struct
import subprocess
import sys
import zlib


def tiny_png(side):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"".join(bytes((x * 8, y * 8, 128)) for x in range(side)) for y in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)
    return os.stat(path)


def main():
    tokprep, folder, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    drop, out = os.path.join(folder, "drop"), os.path.join(folder, "out")
    os.makedirs(drop)
    png = tiny_png(32)
    write(os.path.join(drop, "0.png"), png)
    subprocess.run([tokprep, "prepare", drop, "-o", out, "-q"], check=True)
    with open(os.path.join(out, "0.jpg"), "rb") as file:
        jpeg = file.read()
    with open(os.path.join(out, "0.tokprep.json"), "rb") as file:
        certificate = json.load(file)
    for number in range(1, count):
        source = os.path.join(drop, f"{number}.png")
        made = write(source, png)
        mark = certificate["assets"][0]["source"]
        mark.update(path=source, modified_ns=made.st_mtime_ns, changed_ns=made.st_ctime_ns,
                    read_ns=made.st_ctime_ns + 10**10)
        output = write(os.path.join(out, f"{number}.jpg"), jpeg)
        certificate["item"] = source
        certificate["outputs"][0].update(path=f"{number}.jpg", modified_ns=output.st_mtime_ns)
        text = json.dumps(certificate, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        write(os.path.join(out, f"{number}.tokprep.json"), text.encode())
    with open(os.path.join(folder, "items.jsonl"), "w", encoding="utf-8") as file:
        for number in range(count):
            file.write(json.dumps({"media": f"drop/{number}.png", "caption": f"Number {number}"}) + "\n")


main()
