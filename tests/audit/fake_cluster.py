#!/usr/bin/env python3
"""usage: fake_cluster.py OBJECTS.json KUBECONFIG

A Kubernetes API server as far as kubectl get needs one, on a port of its own: discovery, lists by namespace and label, single
objects. OBJECTS.json is a List. Writes a KUBECONFIG that leads to it, and serves until it is killed.
"""
import http.server
import json
import re
import sys
import urllib.parse

# group/version: resource, kind, namespaced
RESOURCES = {
    "v1": [("pods", "Pod", True), ("namespaces", "Namespace", False), ("services", "Service", True),
           ("serviceaccounts", "ServiceAccount", True), ("limitranges", "LimitRange", True),
           ("resourcequotas", "ResourceQuota", True), ("replicationcontrollers", "ReplicationController", True),
           ("persistentvolumes", "PersistentVolume", False)],
    "apps/v1": [("deployments", "Deployment", True), ("daemonsets", "DaemonSet", True),
                ("statefulsets", "StatefulSet", True), ("replicasets", "ReplicaSet", True)],
    "batch/v1": [("jobs", "Job", True), ("cronjobs", "CronJob", True)],
    "networking.k8s.io/v1": [("networkpolicies", "NetworkPolicy", True)],
    "node.k8s.io/v1": [("runtimeclasses", "RuntimeClass", False)],
    "rbac.authorization.k8s.io/v1": [("roles", "Role", True), ("rolebindings", "RoleBinding", True),
                                     ("clusterroles", "ClusterRole", False),
                                     ("clusterrolebindings", "ClusterRoleBinding", False)],
    "admissionregistration.k8s.io/v1": [("validatingwebhookconfigurations", "ValidatingWebhookConfiguration", False),
                                        ("mutatingwebhookconfigurations", "MutatingWebhookConfiguration", False)],
}


def group_list():
    groups = []
    for name in RESOURCES:
        if "/" in name:
            version = {"groupVersion": name, "version": name.split("/")[1]}
            groups.append({"name": name.split("/")[0], "versions": [version], "preferredVersion": version})
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def resource_list(version):
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": [
        {"name": name, "singularName": kind.lower(), "kind": kind, "namespaced": namespaced, "verbs": ["get", "list"]}
        for name, kind, namespaced in RESOURCES[version]]}


def answer(path, query, objects):
    """The JSON for a request; None when there is no such thing."""
    if path == "/api":
        return {"kind": "APIVersions", "versions": ["v1"]}
    if path == "/apis":
        return group_list()
    match = re.fullmatch(r"/(?:api|apis)/(v1|[a-z0-9.]+/v1)(?:/namespaces/([^/]+)(?=/))?(?:/([a-z]+))?(?:/([^/]+))?", path)
    if not match or match.group(1) not in RESOURCES:
        return None
    version, namespace, resource, name = match.groups()
    if not resource:
        return resource_list(version)
    kind = next((k for n, k, _ in RESOURCES[version] if n == resource), None)
    labels = dict(pair.split("=") for pair in query.get("labelSelector", [""])[0].split(",") if pair)
    found = [o for o in objects if o["kind"] == kind and o["apiVersion"] == version
             and (not namespace or o["metadata"].get("namespace") == namespace)
             and (not name or o["metadata"]["name"] == name)
             and labels.items() <= o["metadata"].get("labels", {}).items()]
    if name:
        return found[0] if found else None
    return {"kind": kind + "List", "apiVersion": version, "metadata": {"resourceVersion": "1"}, "items": found}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        objects = json.load(file)["items"]

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            url = urllib.parse.urlparse(self.path)
            body = answer(url.path, urllib.parse.parse_qs(url.query), objects)
            status = 200 if body else 404
            body = body or {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump({"apiVersion": "v1", "kind": "Config", "current-context": "fake",
                   "clusters": [{"name": "fake", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}],
                   "contexts": [{"name": "fake", "context": {"cluster": "fake", "namespace": "shop", "user": "fake"}}],
                   "users": [{"name": "fake", "user": {}}]}, file)
    server.serve_forever()


main()
