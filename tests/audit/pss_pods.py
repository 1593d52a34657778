#!/usr/bin/env python3
"""Writes random pods, one JSON object a line: pss_pods.py COUNT [SEED]

Every field that a Pod Security check looks at, at and around the values where its verdict turns. Most pods begin as one
that meets the restricted level and have a few fields changed; the rest are mixed from everything at once.
"""

import json
import random
import sys

SOURCES = """configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret hostPath
gcePersistentDisk awsElasticBlockStore gitRepo nfs iscsi glusterfs rbd flexVolume cinder cephfs flocker fc azureFile
vsphereVolume quobyte azureDisk photonPersistentDisk portworxVolume scaleIO storageos""".split()
SYSCTLS = """kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.tcp_syncookies net.ipv4.ping_group_range
net.ipv4.ip_unprivileged_port_start net.ipv4.ip_local_reserved_ports net.ipv4.tcp_keepalive_time
net.ipv4.tcp_fin_timeout net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes net.ipv4.tcp_rmem
net.ipv4.tcp_wmem net.ipv4.tcp_slow_start_after_idle net.ipv4.tcp_notsent_lowat net/ipv4/tcp_rmem kernel.msgmax
net.ipv4.tcp_syncookies. Net.ipv4.tcp_syncookies""".split() + [""]
CAPABILITIES = """AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID
SYS_CHROOT NET_RAW SYS_ADMIN ALL all CAP_CHOWN chown net_bind_service CAP_NET_BIND_SERVICE""".split() + ["", " CHOWN", None]
DROPPED = ["ALL", "all", "NET_RAW", "CAP_ALL", "", None]
PROFILE_TYPES = ["RuntimeDefault", "Localhost", "Unconfined", "runtimeDefault", "localhost", "", "Other", None]
APP_ARMOR = ["runtime/default", "localhost/", "localhost/x", "unconfined", "", "Runtime/default", "runtime/default ",
             "localhost", 'a"b\\c\n', "runtime/defaul", None]
SECCOMP = ["runtime/default", "docker/default", "localhost/", "localhost/x", "unconfined", "", "docker/default2",
           "localhost", "Localhost/x", None]
SE_TYPES = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t", "spc_t", "Container_t", None]
NAMES = ["a", "b", "c", "é"]
MISSING = object()


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.wild = 0.0  # how likely a field is to be there that need not be

    def choose(self, values):
        return self.random.choice(values)

    def some(self, values, most=3):
        return [self.choose(values) for _ in range(self.random.randint(0, most))]

    def put(self, target, key, *values):
        """Perhaps sets target[key] to one of the values, each of which may be a function."""
        if self.random.random() >= self.wild:
            return
        value = self.choose(values)
        value = value() if callable(value) else value
        if value is MISSING:
            target.pop(key, None)
        else:
            target[key] = value

    def profile(self):
        value = {}
        kind = self.choose(PROFILE_TYPES + [MISSING])
        if kind is not MISSING:
            value["type"] = kind
        if self.random.random() < 0.2:
            value["localhostProfile"] = "p.json"
        return value

    def se_linux(self):
        value = {}
        for key, texts in (("type", SE_TYPES), ("user", ["", "u", None]), ("role", ["", "r", None]),
                           ("level", ["s0", ""])):
            if self.random.random() < 0.4:
                value[key] = self.choose(texts)
        return value

    def windows(self):
        return self.choose([{}, {"hostProcess": True}, {"hostProcess": False}, {"hostProcess": None},
                            {"runAsUserName": "x"}])

    def shared_security(self, security):
        """What both kinds of securityContext have."""
        self.put(security, "runAsNonRoot", True, False, None, MISSING)
        self.put(security, "runAsUser", 0, 1, 1000, -1, None, MISSING)
        self.put(security, "seccompProfile", self.profile, self.profile, None, MISSING)
        self.put(security, "appArmorProfile", self.profile, None)
        self.put(security, "seLinuxOptions", self.se_linux, self.se_linux, None)
        self.put(security, "windowsOptions", self.windows, None)
        self.put(security, "runAsGroup", 0)

    def capabilities(self):
        value = {}
        if self.random.random() < 0.7:
            value["drop"] = self.choose([["ALL"], self.some(DROPPED), None, ["NET_RAW", "ALL"]])
        if self.random.random() < 0.6:
            value["add"] = self.choose([["NET_BIND_SERVICE"], self.some(CAPABILITIES), self.some(CAPABILITIES), None])
        return value

    def handler(self):
        value = {}
        for action in ("httpGet", "tcpSocket", "exec"):
            if self.random.random() < 0.5:
                value[action] = self.choose([{}, {"host": ""}, {"host": "127.0.0.1"}, {"host": "localhost"},
                                             {"host": None}, None]) if action != "exec" else {"command": ["x"]}
                if isinstance(value[action], dict) and action != "exec":
                    value[action]["port"] = 80
        return value

    def lifecycle(self):
        value = {}
        for key in ("postStart", "preStop"):
            if self.random.random() < 0.7:
                value[key] = self.choose([self.handler(), self.handler(), None])
        return value

    def ports(self):
        values = [{}, {"containerPort": 80}, {"containerPort": 0}, {"containerPort": 81, "hostPort": 0},
                  {"containerPort": 80, "hostPort": 8080}, {"hostPort": 9}, {"containerPort": 7, "hostPort": None}, None]
        return self.choose([self.some(values), self.some(values), None])

    def container(self, name):
        security = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
        value = {"name": name, "image": "i", "securityContext": security}
        self.put(security, "allowPrivilegeEscalation", True, False, None, MISSING)
        self.put(security, "privileged", True, False, None)
        self.put(security, "procMount", "Default", "Unmasked", "default", "", None)
        self.put(security, "capabilities", self.capabilities, self.capabilities, None, MISSING)
        self.shared_security(security)
        self.put(value, "ports", self.ports)
        for key in ("livenessProbe", "readinessProbe", "startupProbe"):
            self.put(value, key, self.handler, None)
        self.put(value, "lifecycle", self.lifecycle, None)
        if self.random.random() < self.wild / 4:
            value["securityContext"] = self.choose([None, {}])
        if self.random.random() < self.wild / 4:
            value = self.choose([{"name": name}, {}, None])
        return value

    def volume(self):
        value = {"name": self.choose(["v", "w", "x", ""])}
        for _ in range(self.choose([0, 1, 1, 1, 2])):
            value[self.choose(SOURCES + ["hostPath"] * 8)] = self.choose([{}, {}, {}, None])
        if self.random.random() < 0.1:
            value["notASource"] = {}
        return self.choose([value] * 12 + [None])

    def annotations(self):
        value = {}
        for key, values in (("container.apparmor.security.beta.kubernetes.io/", APP_ARMOR),
                            ("container.seccomp.security.alpha.kubernetes.io/", SECCOMP)):
            for name in NAMES[:2] + ["", "z", "é"]:
                if self.random.random() < 0.25:
                    value[key + name] = self.choose(values)
        if self.random.random() < 0.3:
            value["seccomp.security.alpha.kubernetes.io/pod"] = self.choose(SECCOMP)
        if self.random.random() < 0.2:
            value["seccomp.security.alpha.kubernetes.io/podx"] = "unconfined"
        if self.random.random() < 0.2:
            value["Container.apparmor.security.beta.kubernetes.io/a"] = "unconfined"
        return value

    def pod(self):
        self.wild = self.choose([0.0, 0.02, 0.05, 0.05, 0.1, 0.1, 0.2, 0.4, 0.8])
        security = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
        spec = {"containers": [], "securityContext": security}
        self.shared_security(security)
        self.put(security, "sysctls", lambda: [{"name": name, "value": "1"} for name in self.some(SYSCTLS)], None,
                 [None])
        for key, most in (("initContainers", 2), ("containers", 3), ("ephemeralContainers", 2)):
            names = self.some(NAMES, most) or (["a"] if key == "containers" else [])
            if names or self.random.random() < 0.2:
                spec[key] = [self.container(name) for name in names]
        for key in ("hostNetwork", "hostPID", "hostIPC"):
            self.put(spec, key, True, False, None)
        self.put(spec, "hostUsers", True, False, False, None)
        self.put(spec, "os", {"name": "windows"}, {"name": "linux"}, {"name": "Windows"}, {}, None)
        self.put(spec, "volumes", lambda: [self.volume() for _ in range(self.random.randint(0, 3))], None)
        if self.random.random() < self.wild / 4:
            spec["securityContext"] = self.choose([None, {}])
        metadata = {"name": "p"}
        self.put(metadata, "annotations", self.annotations, self.annotations, None)
        return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def main():
    generator = Generator(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    for _ in range(int(sys.argv[1])):
        print(json.dumps(generator.pod(), separators=(",", ":"), ensure_ascii=False))


if __name__ == "__main__":
    main()
