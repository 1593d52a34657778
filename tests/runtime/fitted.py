#!/usr/bin/env python3
"""What test_fitted.sh needs to know of pod patches and Compose overrides.

  fitted.py merge MANIFEST PATCH             prints the manifest under the patch, by the rules of a strategic merge
  fitted.py same OURS KUBECTL                compares two merges; prints the fields that kubectl does not know and dropped
  fitted.py container FILE                   prints what the only container or service of FILE is given, as words for container.sh
  fitted.py volumes FILE                     prints SIZE and PATH of each empty volume or tmpfs
  fitted.py operator FILE                    prints the AppArmor profile that the operator makes of an AppArmorProfile's spec.abstract
  fitted.py traced FILE RECORDING            holds the evidence in FILE's comments against the recording; prints the count
"""
import json
import re
import sys

import yaml

# The merge keys of the lists that stand in these manifests (patchMergeKey in k8s.io/api/core/v1); other lists are replaced.
MERGE_KEYS = {"containers": "name", "initContainers": "name", "volumes": "name", "volumeMounts": "mountPath",
              "ports": "containerPort", "env": "name"}
# Newer than the oldest kubectl this runs with (Debian's is 1.20), which drops what it does not know.
NEWER_FIELDS = {"appArmorProfile"}
UNITS = {"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def merge(base, patch, key=None):
    if isinstance(base, dict) and isinstance(patch, dict):
        result = dict(base)
        for name, value in patch.items():
            if value is None:
                result.pop(name, None)
            else:
                result[name] = merge(base.get(name), value, name)
        return result
    if isinstance(base, list) and isinstance(patch, list) and key in MERGE_KEYS:
        by = MERGE_KEYS[key]
        result = [dict(item) for item in base]
        for item in patch:
            same = [i for i, old in enumerate(result) if old.get(by) == item.get(by)]
            if same:
                result[same[0]] = merge(result[same[0]], item)
            else:
                result.append(item)
        return result
    return patch


def load(path):
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file)


def leaves(node, path=()):
    """(path, value) of every scalar; items of a list by their merge key, so that the order says nothing."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, path + (key,))
    elif isinstance(node, list):
        by = MERGE_KEYS.get(path[-1] if path else None)
        for index, item in enumerate(node):
            yield from leaves(item, path + (str(item.get(by)) if by else index,))
    else:
        yield path, node


def same(ours, kubectl):
    ours, kubectl = dict(leaves(ours)), dict(leaves(kubectl))
    dropped = sorted({part for path in ours.keys() - kubectl.keys() for part in path if part in NEWER_FIELDS})
    wrong = [path for path in ours.keys() | kubectl.keys()
             if ours.get(path) != kubectl.get(path) and not NEWER_FIELDS.intersection(path)
             # an empty list or a creationTimestamp of null is no leaf on one side
             and (ours.get(path) is not None or kubectl.get(path) is not None)]
    for path in wrong:
        print("differs:", ".".join(map(str, path)), ours.get(path), kubectl.get(path))
    print("kubectl dropped:", ", ".join(dropped) if dropped else "nothing")
    return 1 if wrong else 0


def bytes_of(quantity):
    number, unit = re.fullmatch(r"([0-9]+)([A-Za-z]*)", str(quantity)).groups()
    return int(number) * UNITS.get(unit, 1)


def pod_of(manifest):
    spec = manifest["spec"]
    return spec["template"]["spec"] if "template" in spec else spec


def given(path):
    """What a Deployment or an override gives: (capabilities, user, no_new_privs, read_only, memory, pids)."""
    document = load(path)
    if "services" in document:
        (service,) = document["services"].values()
        assert service["cap_drop"] == ["ALL"]
        return (service.get("cap_add", []), service.get("user"), "no-new-privileges:true" in service["security_opt"],
                service["read_only"], bytes_of(service["mem_limit"]), service["pids_limit"])
    (container,) = pod_of(document)["containers"]
    security = container["securityContext"]
    assert security["capabilities"]["drop"] == ["ALL"] and security["privileged"] is False
    assert security["seccompProfile"]["type"] == "Localhost"
    user = security.get("runAsUser")
    return (security["capabilities"].get("add", []), None if user is None else f"{user}:{security.get('runAsGroup', 0)}",
            security["allowPrivilegeEscalation"] is False, security["readOnlyRootFilesystem"],
            bytes_of(container["resources"]["limits"]["memory"]), None)


def container(path):
    capabilities, user, no_new_privs, read_only, memory, pids = given(path)
    words = ["--root", "exact" if read_only else "host", "--memory", str(memory)]
    words += ["--caps", ",".join("CAP_" + name for name in capabilities) or "none"]
    words += ["--no-new-privs"] if no_new_privs else []
    words += ["--user", user] if user else []
    words += ["--pids", str(pids)] if pids else []
    print(" ".join(words))


def volumes(path):
    document = load(path)
    if "services" in document:
        (service,) = document["services"].values()
        for mount in service.get("tmpfs", []):
            where, options = mount.split(":", 1)
            print(bytes_of(re.search(r"size=([0-9]+m)", options).group(1)), where)
        return
    pod = pod_of(document)
    empty = {volume["name"]: volume["emptyDir"]["sizeLimit"] for volume in pod.get("volumes", []) if "emptyDir" in volume}
    (only,) = pod["containers"]
    for mount in only.get("volumeMounts", []):
        print(bytes_of(empty[mount["name"]]), mount["mountPath"])


# What the operator denies in every profile (crd2armor of security-profiles-operator 0.9).
ALWAYS_DENIED = """@{PROC}/* w
@{PROC}/{[^1-9],[^1-9][^0-9],[^1-9s][^0-9y][^0-9s],[^1-9][^0-9][^0-9][^0-9]*}/** w
@{PROC}/sys/[^k]** w
@{PROC}/sys/kernel/{?,??,[^s][^h][^m]**} w
@{PROC}/sysrq-trigger rwklx
@{PROC}/mem rwklx
@{PROC}/kmem rwklx
@{PROC}/kcore rwklx
mount
/sys/[^f]*/** wklx
/sys/f[^s]*/** wklx
/sys/fs/[^c]*/** wklx
/sys/fs/c[^g]*/** wklx
/sys/fs/cg[^r]*/** wklx
/sys/firmware/efi/efivars/** rwklx
/sys/kernel/security/** rwklx""".splitlines()


def operator(path):
    with open(path, encoding="utf-8") as file:
        (profile,) = [one for one in yaml.safe_load_all(file) if one["kind"] == "AppArmorProfile"]
    abstract = profile["spec"]["abstract"]
    runs, files, network = (abstract.get(key, {}) for key in ("executable", "filesystem", "network"))
    rules = ["#include <abstractions/base>"]
    rules += [f"{name} ixr," for name in runs.get("allowedExecutables", [])]
    rules += [f"{name} mr," for name in runs.get("allowedLibraries", [])]
    rules += [f"{name} r,\n  deny {name} wlk," for name in files.get("readOnlyPaths", [])]
    rules += [f"{name} wlk,\n  deny {name} r," for name in files.get("writeOnlyPaths", [])]
    rules += [f"{name} rwlk," for name in files.get("readWritePaths", [])]
    rules += ["network raw," if network.get("allowRaw") else "deny network raw,"]
    rules += [f"network {name[5:].lower()}," for name, given in network.get("allowedProtocols", {}).items() if given]
    rules += [f"capability {name}," for name in abstract.get("capability", {}).get("allowedCapabilities", [])]
    rules += [f"deny {rule}," for rule in ALWAYS_DENIED]
    print("#include <tunables/global>")
    print(f"profile {profile['metadata']['name']} flags=(attach_disconnected,mediate_deleted) {{")
    print("  " + "\n  ".join(rules) + "\n}")


def traced(path, recording):
    """Every capability and every mount stands below a comment that names a call or a path which the recording holds."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    with open(recording, encoding="utf-8") as file:
        recorded = json.load(file)
    needed = {fact["subject"] for fact in recorded["facts"] if fact["kind"] == "capability"}
    paths = {record["path"] for record in recorded["paths"]}
    count = 0
    for index, line in enumerate(lines):
        comment, above = "", index - 1
        while above >= 0 and lines[above].strip().startswith("#"):
            comment = lines[above].strip()[2:] + " " + comment
            above -= 1
        if re.fullmatch(r"\s+- [A-Z_]+", line):
            call = comment.split(" ")[0]
            assert call in needed, f"{line.strip()}: the recording has no capability shown by '{call}'"
            count += 1
        where = re.fullmatch(r"\s+- (?:name: \S+|\"(/[^:]+):size.*\")", line)
        if where and "changed here" in comment:
            mount = where.group(1) or lines[index + 1].split("mountPath: ")[1]
            named = re.search(r"changed here: \S+ (\S+)", comment).group(1)
            assert named in paths and named.startswith(mount + "/"), f"{mount}: the recording has no {named} below it"
            count += 1
    peak = max(run["resources"]["total_memory_bytes"] for run in recorded["runs"])
    assert f"{peak / (1 << 20):.1f} MiB at its peak" in " ".join(line.strip(" #") for line in lines), "the memory is not the recorded peak"
    print(count + 1)


def main(words):
    what, arguments = words[0], words[1:]
    if what == "merge":
        yaml.safe_dump(merge(load(arguments[0]), load(arguments[1])), sys.stdout, sort_keys=False)
        return 0
    if what == "same":
        return same(load(arguments[0]), load(arguments[1]))
    {"container": container, "volumes": volumes, "operator": operator, "traced": traced}[what](*arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
