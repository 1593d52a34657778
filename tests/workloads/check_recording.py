"""Holds a recording, or a log of strace -f -n, against the expectations of hostile/hostile.h.

usage: check_recording.py EXPECTATIONS RECORDING
       check_recording.py --strace EXPECTATIONS LOG     (checks the calls alone)
"""

import json
import sys

import strace_calls


class Recording:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.json = json.load(file)
        self.calls = {"%s %s" % (abi, call["name"]) for image in self.json["images"]
                      for abi, calls in image["syscalls"].items() for call in calls}
        self.paths = {}
        for record in self.json["paths"]:
            for phase in ("startup", "serving"):
                self.paths.setdefault(record["path"], set()).update(record.get(phase, []))
        self.capabilities = {(str(fact["value"]), fact["subject"]) for fact in self.json["facts"]
                             if fact["kind"] == "capability"}
        self.losses = self.find_losses()

    def find_losses(self):
        """{cause: count} over all runs."""
        losses = {}
        for loss in self.json["losses"]:
            losses[loss["cause"]] = losses.get(loss["cause"], 0) + loss["count"]
        return losses

    def count(self, abi, name):
        total = 0
        for image in self.json["images"]:
            for call in image["syscalls"].get(abi, []):
                if call["name"] == name:
                    total += call.get("startup", 0) + call.get("serving", 0)
        return total

    def peak(self, name):
        return max(run["resources"][name] for run in self.json["runs"])


class Strace:
    """strace knows nothing of paths as resolved or of losses: only calls are checked."""

    def __init__(self, path):
        self.counts = strace_calls.calls(path)
        self.calls = {"%s %s" % key for key in self.counts}

    def count(self, abi, name):
        return self.counts.get((abi, name), 0)


def holds(recording, line):
    """None where it holds, else what was seen."""
    word, _, rest = line.partition(" ")
    if isinstance(recording, Strace) and word not in ("call", "nocall", "count"):
        return None
    if word == "call":
        return None if rest in recording.calls else "no such call"
    if word == "nocall":
        return "the call was recorded" if rest in recording.calls else None
    if word == "count":
        abi, name, number = rest.split(" ")
        seen = recording.count(abi, name)
        return None if seen == int(number) else "%d" % seen
    if word in ("path", "nopath"):
        access, _, path = rest.partition(" ")
        seen = recording.paths.get(path)
        if word == "nopath":
            return "did " + access if seen and access in seen else None
        return None if seen and access in seen else "did " + ",".join(sorted(seen)) if seen else "no such path"
    if word == "capability":
        number, name = rest.split(" ")
        calls = [call for seen, call in recording.capabilities if seen == number]
        return None if name in calls else "shown by " + (",".join(sorted(calls)) or "nothing")
    if word == "nocapability":
        calls = [call for seen, call in recording.capabilities if seen == rest]
        return "shown by " + ",".join(sorted(calls)) if calls else None
    if word == "loss":
        return None if rest in recording.losses else "no such loss"
    if word == "may-lose":
        return None
    if word == "peak":
        name, number = rest.split(" ")
        seen = recording.peak(name)
        return None if seen >= int(number) else "%d" % seen
    return "not an expectation"


def check_complete(recording, lines):
    """Losses that nobody expects, and the word complete."""
    known = set()
    for line in lines:
        for part in line.split(" || "):
            word, _, cause = part.partition(" ")
            if word in ("loss", "may-lose"):
                known.add(cause)
    problems = ["lost without a reason: %s (%d)" % (cause, count)
                for cause, count in sorted(recording.losses.items()) if cause not in known]
    if recording.json["complete"] != (not recording.losses):
        problems.append("complete is %s with losses %s" % (recording.json["complete"], recording.losses))
    return problems


def main():
    args = sys.argv[1:]
    recording = Strace(args[2]) if args[0] == "--strace" else Recording(args[1])
    expectations = args[1] if args[0] == "--strace" else args[0]
    with open(expectations, encoding="utf-8") as file:
        lines = list(dict.fromkeys(file.read().split("\n")[:-1]))
    if not lines:
        print("the workload stated no expectation")
        return 1
    problems = []
    for line in lines:
        answers = [holds(recording, part) for part in line.split(" || ")]
        if None not in answers:
            problems.append("expected: %s; seen: %s" % (line, "; ".join(answers)))
    if isinstance(recording, Recording):
        problems += check_complete(recording, lines)
    for problem in problems[:20]:
        print(problem)
    if len(problems) > 20:
        print("… and %d more" % (len(problems) - 20))
    print("%d expectations, %d problems" % (len(lines), len(problems)))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
