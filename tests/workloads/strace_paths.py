"""usage: strace_paths.py LOG RECORDING

Every file that strace -f -y saw opened (the kernel's own name of the new descriptor) is among the paths of the
recording of another run of the same workload. Random and running parts of names are made equal first.
"""

import json
import re
import sys

OPENED = re.compile(rb"(?:open|openat|openat2|creat)(?:\(| resumed>).* = \d+<((?:[^>\\]|\\.|>(?!$))*)>$")
RANDOM = [
    (re.compile(r"(profgen-work\.)\w{6}"), r"\1X"),
    (re.compile(r"^(/(?:tmp|var/tmp|dev/shm)/)(?:cc|sh-thd\.|mutter|hsperfdata_|PostgreSQL\.)?\w{6,}"), r"\1X"),
    (re.compile(r"(tmp|pymp-|psm_|tmp_pack_|tmp_idx_|tmp_obj_|pg_internal\.init\.)\w+"), r"\1X"),
    (re.compile(r"(/sed|/st|/sem\.|/file\d|/refs_|/packs_|\.git/t)\w{6}$"), r"\1X"),
    (re.compile(r"\b[0-9a-f]{8,}\b"), "H"),
    (re.compile(r"(/objects/)[0-9a-f]{2}\b"), r"\1H"),
    (re.compile(r"\d+"), "N"),
]


def plain(path):
    for pattern, replacement in RANDOM:
        path = pattern.sub(replacement, path)
    return path


OCTAL = re.compile(rb"\\([0-7]{3})")


def unescape(text):
    """strace writes \\ooo for a byte that is not ASCII; a recording has valid UTF-8 as it is."""
    return OCTAL.sub(lambda match: bytes([int(match[1], 8)]), text).decode("utf-8", "backslashreplace")


def opened(log):
    paths = {}
    with open(log, "rb") as file:
        for line in file:
            match = OPENED.search(line.rstrip())
            if match and match[1].startswith(b"/") and not match[1].endswith(b"(deleted)"):
                name = unescape(match[1])
                paths.setdefault(plain(name), name)
    return paths


def main():
    seen = opened(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8") as file:
        recorded = {plain(path["path"]) for path in json.load(file)["paths"]}
    missing = sorted(name for key, name in seen.items() if key not in recorded)
    print("%d kinds of opened paths, %d not recorded" % (len(seen), len(missing)))
    for name in missing[:20]:
        print("    " + name)
    return 1 if missing or not seen else 0


if __name__ == "__main__":
    sys.exit(main())
