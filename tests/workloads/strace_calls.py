"""What strace -f -n -o LOG saw: the set of (ABI, name).

The number that -n prints decides the name, by the project's own table, because strace spells some
calls its own way ("select" for _newselect) and lacks the newest. The ABI follows from number and
name together (number 5 called "open" is i386); where that leaves a choice, as for the calls that
have one number everywhere, it is the ABI that the process used before.
"""

import csv
import os
import re

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../profiles/syscalls.csv")
ABIS = ("x86_64", "i386", "x32")
X32_BIT = 0x40000000
LINE = re.compile(rb"^(\d+) +\[ *(\d+|0x[0-9a-f]+)\] ([a-z_0-9]+)\(")
# strace's spelling of i386 calls -> the kernel's.
SPELLINGS = {
    "umount": "oldumount", "getrlimit": "ugetrlimit", "select": "_newselect", "old_mmap": "mmap",
    "mmap": "mmap2", "oldselect": "select", "waitpid": "waitpid", "stat64": "stat64",
}


def read_table():
    """number by name and name by number for each ABI."""
    names = {abi: {} for abi in ABIS}
    with open(TABLE, encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        for row in rows:
            for abi in ABIS:
                number = row.get(abi + ":int", row.get(abi))
                if number:
                    names[abi][int(number)] = row["name"]
    return names


def abi_of(names, number, name, before):
    if number & X32_BIT and not number >> 31:
        return "x32"
    fitting = [abi for abi in ("x86_64", "i386")
               if names[abi].get(number) in (name, SPELLINGS.get(name, name))]
    if before in fitting or not fitting:
        return before
    return fitting[0]


def calls(log):
    """{(ABI, name): how often}"""
    names = read_table()
    abis = {}
    seen = {}
    with open(log, "rb") as file:
        for line in file:
            match = LINE.match(line)
            if not match:
                continue
            pid, number, name = match[1], int(match[2], 0), match[3].decode()
            if number >> 32:
                continue  # a thread that was killed while strace looked: its registers hold no call
            abi = abi_of(names, number, name, abis.get(pid, "x86_64"))
            if abi != "x32":
                abis[pid] = abi
            number &= ~X32_BIT if abi == "x32" else -1
            key = (abi, names[abi].get(number, "syscall_%d" % number))
            seen[key] = seen.get(key, 0) + 1
    return seen


if __name__ == "__main__":
    import sys

    for abi, name in sorted(calls(sys.argv[1])):
        print(abi, name)
