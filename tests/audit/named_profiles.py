#!/usr/bin/env python3
"""usage: named_profiles.py write DIR ORDER: writes pods and the profiles that they name into files of their own, in an order of names
named_profiles.py list FILE: the same objects in one List, the pods first
named_profiles.py many DIR COUNT: COUNT pods, each in a file of its own, that name one profile of a ConfigMap, and one nobody has
named_profiles.py full DIR: ConfigMaps with more profiles than are kept, and pods that name the first and the last
named_profiles.py check JSON: each container has the findings that its profiles earn it, and no others of these rules
"""
import json
import os
import sys

RULES = {"PG305", "PG306", "PG331", "PG334", "PG335", "PG336"}
OPERATOR = "security-profiles-operator.x-k8s.io/"


def seccomp(calls):
    return {"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"],
            "syscalls": [{"names": calls, "action": "SCMP_ACT_ALLOW"}]}


def config_map(name, data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "shop"}, "data": data}


def container(name, seccomp_name=None, apparmor_name=None, add=()):
    context = {"capabilities": {"add": list(add)}}
    if seccomp_name:
        context["seccompProfile"] = {"type": "Localhost", "localhostProfile": seccomp_name}
    if apparmor_name:
        context["appArmorProfile"] = {"type": "Localhost", "localhostProfile": apparmor_name}
    return {"name": name, "image": "x:1", "securityContext": context}


def pod(name, containers):
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": containers}}


PODS = [
    pod("first", [container("map", "profiles/map.json"), container("operator", "operator/shop/child.json"),
                  container("cluster", "operator/parent.json"), container("off", "operator/off.json"),
                  container("none", "none.json")]),
    pod("second", [container("text", apparmor_name="in-map", add=["SYS_ADMIN"]), container("parts", apparmor_name="in-parts"),
                   container("nobody", apparmor_name="in-nothing")]),
]
OBJECTS = [
    config_map("seccomp", {"map.json": json.dumps(seccomp(["read", "keyctl"])), "note": "hello"}),
    {"apiVersion": OPERATOR + "v1beta1", "kind": "SeccompProfile", "metadata": {"name": "child", "namespace": "shop"},
     "spec": dict(seccomp(["read", "bpf"]), baseProfileName="parent")},
    {"apiVersion": OPERATOR + "v1", "kind": "SeccompProfile", "metadata": {"name": "parent"}, "spec": seccomp(["userfaultfd"])},
    {"apiVersion": OPERATOR + "v1", "kind": "SeccompProfile", "metadata": {"name": "off"},
     "spec": dict(seccomp(["bpf"]), state="Disabled")},
    config_map("apparmor", {"in-map": "profile in-map flags=(attach_disconnected) {\n  file,\n  mount,\n  capability,\n}\n"}),
    {"apiVersion": OPERATOR + "v1", "kind": "AppArmorProfile", "metadata": {"name": "in-parts"},
     "spec": {"mode": "Complain", "abstract": {"filesystem": {"readOnlyPaths": ["/etc/passwd"]}}}},
]
EXPECTED = {
    "map": ["PG331 keyctl"], "operator": ["PG331 bpf", "PG331 userfaultfd"], "cluster": ["PG331 userfaultfd"], "off": ["PG305"],
    "none": ["PG305"], "parts": ["PG334"], "nobody": ["PG306"],
    "text": ["PG335 /proc/sys/fs/binfmt_misc/register", "PG335 /proc/sys/kernel/core_pattern", "PG335 /proc/sys/kernel/modprobe",
             "PG335 /proc/sysrq-trigger", "PG335 /sys/kernel/uevent_helper", "PG336 SYS_ADMIN"],
}


def dump(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=1)


def write(directory, order):
    things = PODS + OBJECTS
    for at, thing in enumerate(things):
        number = at if order == "forth" else len(things) - at if order == "back" else at * 5 % len(things)
        os.makedirs("%s/%d" % (directory, number % 3), exist_ok=True)
        dump("%s/%d/%03d.json" % (directory, number % 3, number), thing)


def many(directory, count):
    for i in range(count):
        dump("%s/pod%05d.json" % (directory, i), pod("p%d" % i, [container("map", "profiles/map.json"), container("none", "none.json")]))
    dump(directory + "/z.json", OBJECTS[0])


def full(directory):
    padding = " " * 900000
    for i in range(24):
        dump("%s/map%02d.json" % (directory, i), config_map("m%d" % i, {"k%02d.json" % i: json.dumps(seccomp(["keyctl"])) + padding}))
    dump(directory + "/a-pod.json", pod("p", [container("first", "k00.json"), container("last", "k23.json")]))


def told(finding):
    rule, message = finding["rule"], finding["message"]
    if rule == "PG331":
        return rule + " " + message.split(" lets ")[1].split(" ")[0]
    if rule == "PG335":
        return rule + " " + message.split(" on ")[1].split(":")[0]
    if rule == "PG336":
        return rule + " " + message.split(" capability ")[1].split(",")[0]
    return rule


def check(path):
    with open(path, encoding="utf-8") as file:
        result = json.load(file)
    got = {}
    for finding in result["findings"]:
        if finding["rule"] in RULES and finding["subject"].get("container"):
            got.setdefault(finding["subject"]["container"], []).append(told(finding))
    wrong = ["%s: %s, not %s" % (name, sorted(got.get(name, [])), EXPECTED.get(name, []))
             for name in sorted(set(got) | set(EXPECTED)) if sorted(got.get(name, [])) != EXPECTED.get(name, [])]
    wrong += ["%(path)s: %(status)s: %(reason)s" % file for file in result["files"] if file["status"] == "error"]
    print("\n".join(wrong) or "%d containers: each has what its profiles earn it" % len(got))
    return 1 if wrong else 0


if sys.argv[1] == "check":
    sys.exit(check(sys.argv[2]))
if sys.argv[1] == "list":
    dump(sys.argv[2], {"apiVersion": "v1", "kind": "List", "items": PODS + OBJECTS})
elif sys.argv[1] == "many":
    many(sys.argv[2], int(sys.argv[3]))
elif sys.argv[1] == "full":
    full(sys.argv[2])
else:
    write(sys.argv[2], sys.argv[3])
