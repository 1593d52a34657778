#!/usr/bin/env python3
"""usage: complete.py write DIR: writes a tree of mixed documents
complete.py check DIR JSON: every file of the tree is in the result, with its documents and subjects and why not more
complete.py text DIR: the text form, on standard input, names every file that was not read whole

What stands in a row is counted by hand: a pod is a subject and so is each of its containers, whatever wraps it; so are
each service of a Compose project, a Dockerfile's image, a container of inspect output, and any object of a cluster.
"""
import collections
import json
import os
import sys

SPEC = """spec:
  containers:
  - {name: a, image: "x:1"}
"""
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n" + SPEC
INIT = "  initContainers:\n  - {name: i, image: 'x:1'}\n"
WRAPPED = "spec:\n  template:\n    " + SPEC.replace("\n", "\n    ").rstrip() + "\n"
JSON_POD = json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"},
                       "spec": {"containers": [{"name": "a", "image": "x:1"}]}})
INSPECT = [{"Id": "c" * 64, "Name": "/c", "Image": "sha256:" + "0" * 64, "Config": {"Image": "x:1", "Env": []},
            "HostConfig": {"Privileged": False, "NetworkMode": "default"}, "State": {}, "Mounts": []}]
OCI = {"ociVersion": "1.0.2", "process": {"args": ["x"], "cwd": "/", "user": {"uid": 0, "gid": 0}},
       "root": {"path": "rootfs"}, "linux": {"namespaces": [{"type": "pid"}]}}
OPERATOR = "security-profiles-operator.x-k8s.io/"
SECCOMP = {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}]}


def kubernetes(kind, rest, version="v1"):
    return "apiVersion: %s\nkind: %s\nmetadata: {name: n}\n%s" % (version, kind, rest)


Row = collections.namedtuple("Row", "path content kind documents subjects status reason")
ROWS = [
    # Every kind.
    Row("pod.yaml", POD, "kubernetes", 1, 2, "read", None),
    Row("pod.json", JSON_POD, "kubernetes", 1, 2, "read", None),
    Row("init.yml", POD + INIT, "kubernetes", 1, 3, "read", None),
    Row("deployment.yaml", kubernetes("Deployment", WRAPPED, "apps/v1"), "kubernetes", 1, 2, "read", None),
    Row("rollout.yaml", kubernetes("Rollout", WRAPPED, "argoproj.io/v1alpha1"), "kubernetes", 1, 2, "read", None),
    Row("list.json", '{"apiVersion":"v1","kind":"List","items":[%s,{"apiVersion":"v1","kind":"List","items":[%s]}]}'
        % (JSON_POD, JSON_POD), "kubernetes", 1, 4, "read", None),
    Row("two.yaml", POD + "---\n" + POD, "kubernetes", 2, 4, "read", None),
    Row("runtime-class.yaml", "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: n}\nhandler: runsc\n",
        "kubernetes", 1, 1, "read", None),
    Row("namespace.yaml", kubernetes("Namespace", ""), "kubernetes", 1, 1, "read", None),
    Row("compose.yaml", "services:\n  a: {image: 'x:1'}\n  b: {image: 'x:1'}\n", "compose", 1, 2, "read", None),
    Row("inspect.json", json.dumps(INSPECT * 2), "inspect", 1, 2, "read", None),
    Row("daemon.json", '{"icc": false, "live-restore": true}', "docker-daemon", 1, 1, "read", None),
    Row("config.json", json.dumps(OCI), "oci", 1, 1, "read", None),
    Row("Dockerfile", "FROM x:1\nUSER 1000\n", "dockerfile", 1, 1, "read", None),
    Row("c.conf", "lxc.uts.name = c\nlxc.idmap = u 0 100000 65536\n", "lxc", 1, 1, "read", None),
    Row("containerd.toml", 'version = 2\n[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runsc]\n'
        'runtime_type = "io.containerd.runsc.v1"\n', "runtime-table", 1, 1, "read", None),
    # Profiles are kept for those who name them.
    Row("seccomp.json", json.dumps(SECCOMP), "seccomp", 1, 1, "read", None),
    Row("web.profile", "profile web {\n  /usr/bin/web rix,\n}\n", "apparmor", 1, 1, "read", None),
    # An object is a subject, and so is each profile in it: two in the map, of which one has a child.
    Row("profiles.yaml", kubernetes("ConfigMap", "data:\n  a.json: '%s'\n  aa: |\n    profile a {\n      profile b {\n      }\n    }\n  c: text\n"
                                    % json.dumps(SECCOMP)), "kubernetes", 1, 4, "read", None),
    Row("seccomp-object.yaml", kubernetes("SeccompProfile", "spec: %s\n" % json.dumps(SECCOMP), OPERATOR + "v1beta1"), "kubernetes", 1, 2, "read",
        None),
    Row("apparmor-object.yaml", kubernetes("AppArmorProfile", "spec: {abstract: {}}\n", OPERATOR + "v1alpha1"), "kubernetes", 1, 2, "read", None),
    Row("selinux-object.yaml", kubernetes("SelinuxProfile", "spec: {allow: {}}\n", OPERATOR + "v1alpha2"), "kubernetes", 1, 1, "read", None),
    Row("profile-list.json", json.dumps({"apiVersion": OPERATOR + "v1beta1", "kind": "SeccompProfileList",
                                         "items": [{"metadata": {"name": "a"}, "spec": SECCOMP}, {"metadata": {"name": "b"}, "spec": SECCOMP}]}),
        "kubernetes", 1, 4, "read", None),
    Row("torn-profile.yaml", kubernetes("ConfigMap", "data:\n  a.json: '%s'\n" % json.dumps(SECCOMP)[:-1]), "kubernetes", 1, 1, "error",
        "the seccomp profile in it is not read"),
    Row("base-profile.yaml", kubernetes("SeccompProfile", "spec: {defaultAction: SCMP_ACT_ERRNO, baseProfileName: gone}\n", OPERATOR + "v1beta1"),
        "kubernetes", 1, 2, "error", "the base profile gone is not among the audited files"),
    # Nothing that is audited.
    Row("values.yaml", "replicas: 3\nimage: {name: x}\n", None, 1, 0, "skipped", "of no kind that is audited"),
    Row("kustomization.yaml", "resources: [pod.yaml]\n", None, 1, 0, "skipped", "of no kind that is audited"),
    Row("service.yaml", kubernetes("Service", "spec: {type: ClusterIP}\n"), "kubernetes", 1, 1, "read", None),
    Row("empty.yaml", "", None, 0, 0, "skipped", "empty"),
    Row("blank.yaml", "\n# only this\n", None, 0, 0, "skipped", "empty"),
    Row("dashes.yaml", "---\n---\n", None, 0, 0, "skipped", "empty"),
    Row("image.png", b"\x89PNG\r\n\0\0\0\r", None, 0, 0, "skipped", "binary"),
    Row("README.md", "# A: [readme\n\nsome: *words\n", None, 0, 0, "skipped", "no configuration"),
    # Among others.
    Row("mixed.yaml", POD + "---\na: 1\n---\n\n---\nservices: {s: {image: 'x:1'}}\n", "mixed", 3, 3, "read", None),
    # Broken: what stands before is judged.
    Row("broken.yaml", "apiVersion: v1\nkind: [Pod\n", None, 0, 0, "error", "line 3"),
    Row("broken.json", JSON_POD[:-1], None, 0, 0, "error", "not valid JSON"),
    Row("broken.toml", "[a]\nb = \n", None, 0, 0, "error", "line 2"),
    Row("broken-third.yaml", POD + "---\n" + POD + "---\nkind: {Pod\n---\n" + POD, "kubernetes", 2, 4, "error", "line "),
    Row("utf8.yaml", POD.replace("x:1", "\udcff"), None, 0, 0, "error", "UTF-8"),
    Row("templates/pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}\n", None, 0, 0, "error",
        "line 4, column 1: an unrendered template"),
    Row("sub/compose.yaml", "include: [gone.yaml]\nservices: {a: {image: 'x:1'}}\n", "compose", 1, 1, "error", "gone.yaml"),
]
LINKS = {"link.yaml": ("pod.yaml", "read", None), "gone.yaml": ("nothing", "skipped", "leads nowhere"),
         "here": (".", "skipped", "a symbolic link to a directory")}


def write(directory):
    os.chdir(directory)
    for row in ROWS:
        os.makedirs(os.path.dirname(row.path) or ".", exist_ok=True)
        content = row.content
        with open(row.path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape"))
    for name, (target, _, _) in LINKS.items():
        os.symlink(target, name)


def check(directory, path):
    wrong = []

    def same(what, got, wanted):
        if got != wanted:
            wrong.append("%s: %r, not %r" % (what, got, wanted))

    with open(path, encoding="utf-8") as file:
        result = json.load(file)
    files = {os.path.relpath(file["path"], directory): file for file in result["files"]}
    same("entries of files", len(result["files"]), len(files))
    there = {os.path.relpath(os.path.join(at, name), directory)
             for at, directories, names in os.walk(directory)
             for name in names + [d for d in directories if os.path.islink(os.path.join(at, d))]}
    same("files that are missing", sorted(there - set(files)), [])
    same("files that are not there", sorted(set(files) - there), [])
    for row in ROWS:
        got = files.get(row.path, {})
        for key in ("documents", "subjects", "status"):
            same("%s: %s" % (row.path, key), got.get(key), getattr(row, key))
        same(row.path + ": kind", got.get("kind"), row.kind)
        reason = got.get("reason")
        if row.reason is None or reason is None or row.reason not in reason:
            same(row.path + ": reason", reason, row.reason)
        if reason and row.path in reason:
            wrong.append("%s: the reason names the file again: %s" % (row.path, reason))
    for name, (_, status, reason) in LINKS.items():
        same(name + ": status", files.get(name, {}).get("status"), status)
        if reason:
            same(name + ": reason", reason in files.get(name, {}).get("reason", ""), True)
    summary = result["summary"]
    for key in ("documents", "subjects"):
        same("summary: " + key, summary[key], sum(file[key] for file in files.values()))
    same("summary: files", summary["files"], len(there))
    for status in ("read", "skipped", "error"):
        same("summary: files_" + status, summary["files_" + status],
             sum(file["status"] == status for file in files.values()))
    judged = {(os.path.relpath(f["file"], directory), f["line"]) for f in result["findings"]}
    for name in ("broken-third.yaml", "two.yaml"):
        same(name + ": documents with findings", len({line > 7 for at, line in judged if at == name}), 2)
    return wrong


def text(directory):
    shown = sys.stdin.read()
    wrong = []
    for row in ROWS:
        if row.status == "error" and os.path.join(directory, row.path) not in shown:
            wrong.append("%s is not named" % row.path)
    return wrong


if sys.argv[1] == "write":
    write(sys.argv[2])
    sys.exit(0)
failed = check(sys.argv[2], sys.argv[3]) if sys.argv[1] == "check" else text(sys.argv[2])
print("\n".join(failed) or "%d files: all is there" % (len(ROWS) + len(LINKS)))
sys.exit(1 if failed else 0)
