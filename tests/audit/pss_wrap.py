#!/usr/bin/env python3
"""The pods of testdata/pss/cases.yaml in every form in which a pod can stand in a file.

  pss_wrap.py write CASES.yaml DIRECTORY              DIRECTORY/FORM/NUMBER.yaml or .json
  pss_wrap.py check CASES.yaml LEVEL MINOR AUDIT.json compares what profgen found in them (profgen-audit/1, run in
                                                      DIRECTORY) with what the cases expect of LEVEL@1.MINOR
"""

import copy
import json
import os
import re
import sys

import yaml

NEWEST = 37
BASELINE = """appArmorProfile capabilities_baseline hostNamespaces hostPathVolumes hostPorts hostProbesAndHostLifecycle
privileged procMount seLinuxOptions seccompProfile_baseline sysctls windowsHostProcess""".split()


def read_cases(path):
    with open(path, encoding="utf-8") as file:
        document = yaml.safe_load(file)
    default = next(part for part in document["parts"] if "containers" in part)
    for case in document["cases"]:
        case.setdefault("spec", default)
    return document["cases"]


# ---- forms: a function of the pod's metadata and spec that gives an object, or text -----------------------------------


def kind(api_version, name, **fields):
    return {"apiVersion": api_version, "kind": name, "metadata": {"name": "w"}, **fields}


def template(metadata, spec):
    return {"metadata": metadata, "spec": spec}


def workload(api_version, name):
    return lambda metadata, spec: kind(api_version, name, spec={"replicas": 1, "template": template(metadata, spec)})


def outside(metadata, spec):
    """Annotations of the workload itself are not the pod's, also when the template has no metadata."""
    annotations = {"container.apparmor.security.beta.kubernetes.io/c": "unconfined",
                   "seccomp.security.alpha.kubernetes.io/pod": "unconfined"}
    made = kind("apps/v1", "Deployment", spec={"template": {"spec": spec}})
    made["metadata"]["annotations"] = annotations
    if "annotations" in metadata:
        made["spec"]["template"]["metadata"] = metadata
    return made


def cron_job(api_version):
    return lambda metadata, spec: kind(
        api_version, "CronJob",
        spec={"schedule": "* * * * *", "jobTemplate": {"spec": {"template": template(metadata, spec)}}})


def pod(metadata, spec):
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def nested_list(metadata, spec):
    return {"apiVersion": "v1", "kind": "List",
            "items": [kind("v1", "ConfigMap"), {"apiVersion": "v1", "kind": "List", "items": [pod(metadata, spec)]}]}


def pod_list(metadata, spec):
    """As kubectl get pods -o json gives it to programs: the items have no kind."""
    item = {"metadata": metadata, "spec": spec}
    return {"apiVersion": "v1", "kind": "PodList", "items": [item]}


def flow(value):
    """JSON is YAML; its escapes beyond the basic plane are not."""
    return json.dumps(value, ensure_ascii=False)


def anchored(metadata, spec):
    return f"apiVersion: v1\nkind: Pod\nx-spec: &spec {flow(spec)}\nmetadata: {flow(metadata)}\nspec: *spec\n"


def merged(metadata, spec):
    """Every container, and the spec itself, comes by a merge key."""
    lists = {key: value for key, value in spec.items() if key.lower().endswith("containers") and isinstance(value, list)}
    rest = {key: value for key, value in spec.items() if key not in lists}
    text = f"apiVersion: v1\nkind: Pod\nx-spec: &spec {flow(rest)}\nx-containers:\n  - 0\n"
    for key, value in lists.items():
        for number, container in enumerate(value):
            text += f"  - &{key}{number} {flow(container)}\n"
    text += f"metadata: {flow(metadata)}\nspec:\n  <<: *spec\n"
    for key, value in lists.items():
        text += f"  {key}:{'' if value else ' []'}\n"
        for number, container in enumerate(value):
            text += f"    - <<: *{key}{number}\n" if isinstance(container, dict) else f"    - *{key}{number}\n"
    return text


class Plain(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


def dump(value):
    return yaml.dump(value, Dumper=Plain, sort_keys=False, allow_unicode=True)


def shared(metadata, spec):
    """What stands several times in the cases by alias, with the aliases."""
    return yaml.safe_dump(pod(metadata, spec), sort_keys=False)


def stream(metadata, spec):
    """Behind a comment, an empty document and another object, with a byte order mark."""
    return "\ufeff# nothing yet\n---\n---\n" + dump(kind("v1", "ConfigMap")) + "---\n" + dump(pod(metadata, spec)) + "...\n"


FORMS = {
    "pod": pod,
    "deployment": workload("apps/v1", "Deployment"),
    "outside": outside,
    "old-deployment": workload("extensions/v1beta1", "Deployment"),
    "daemonset": workload("apps/v1", "DaemonSet"),
    "statefulset": workload("apps/v1", "StatefulSet"),
    "replicaset": workload("apps/v1", "ReplicaSet"),
    "replicationcontroller": workload("v1", "ReplicationController"),
    "job": workload("batch/v1", "Job"),
    "podtemplate": lambda metadata, spec: kind("v1", "PodTemplate", template=template(metadata, spec)),
    "cronjob": cron_job("batch/v1"),
    "cronjob-v1beta1": cron_job("batch/v1beta1"),
    "list": nested_list,
    "podlist": pod_list,
    "json": lambda metadata, spec: json.dumps(pod(metadata, spec), indent=1),
    "json-line": lambda metadata, spec: json.dumps(workload("apps/v1", "Deployment")(metadata, spec)),
    "flow": lambda metadata, spec: flow(pod(metadata, spec)) + "\n",
    "anchored": anchored,
    "merged": merged,
    "shared": shared,
    "crlf": lambda metadata, spec: dump(pod(metadata, spec)).replace("\n", "\r\n"),
    "stream": stream,
    # Custom resources, which are known by their shape alone.
    "rollout": workload("argoproj.io/v1alpha1", "Rollout"),
    "knative": workload("serving.knative.dev/v1", "Service"),
    "sandbox": lambda metadata, spec: kind("agents.example/v1", "Sandbox", spec={"podTemplate": template(metadata, spec)}),
}
BY_SHAPE = {"rollout", "knative", "sandbox"}


def has_shape(spec):
    """A resource is taken for a pod by a container that has an image."""
    lists = [spec.get(key) for key in ("containers", "initContainers")] if isinstance(spec, dict) else []
    return any(isinstance(items, list) and any(isinstance(item, dict) and "image" in item for item in items)
               for items in lists)


def fits(form, case):
    if form in BY_SHAPE:
        return has_shape(case["spec"])
    return form != "merged" or isinstance(case["spec"], dict)


def path_of(form, number):
    return f"{form}/{number:03}.{'json' if form.startswith('json') else 'yaml'}"


def write(cases, directory):
    for form, make in FORMS.items():
        os.makedirs(os.path.join(directory, form))
        for number, case in enumerate(cases):
            if not fits(form, case):
                continue
            metadata = {"name": "p"}
            if "annotations" in case:
                metadata["annotations"] = case["annotations"]
            content = make(metadata, case["spec"])
            content = content if isinstance(content, str) else dump(content)
            with open(os.path.join(directory, path_of(form, number)), "w", encoding="utf-8", newline="") as file:
                file.write(content)


# ---- what is expected ------------------------------------------------------------------------------------------------


def range_has(text, minor):
    for part in str(text).split(","):
        first, last = re.fullmatch(r"(\d+)(\+|-\d+)?", part.strip()).groups()
        end = NEWEST if last == "+" else int(last[1:]) if last else int(first)
        if int(first) <= minor <= end:
            return True
    return False


def expected(case, level, minor):
    own = level == "restricted" and "restricted" in case
    table = case["restricted" if own else "fails"] if own or "fails" in case else {}
    return {check for check, minors in table.items()
            if range_has(minors, minor) and (level == "restricted" or check in BASELINE)}


def check(cases, level, minor, audit):
    found = {}
    for finding in audit["findings"]:
        if finding["rule"].startswith("PSS-"):
            path = os.path.normpath(finding["file"])
            found.setdefault(path, set()).add(finding["pss"]["check"])
    seen = {os.path.normpath(file["path"]): file for file in audit["files"]}
    faults = []
    verdicts = 0
    for form in FORMS:
        for number, case in enumerate(cases):
            if not fits(form, case):
                continue
            verdicts += 1
            path = path_of(form, number)
            wanted = expected(case, level, minor)
            if path not in seen or (wanted and seen[path]["status"] != "read"):
                faults.append(f"{path} ({case['name']}): {seen.get(path, 'not seen')}")
            elif found.get(path, set()) != wanted:
                faults.append(f"{path} ({case['name']}): found {sorted(found.get(path, set()))}, expected {sorted(wanted)}")
    for fault in faults[:20]:
        print(f"{level}@1.{minor} {fault}")
    print(f"{level}@1.{minor}: {verdicts} verdicts, {len(faults)} wrong")
    return 1 if faults or verdicts == 0 else 0


def main():
    cases = read_cases(sys.argv[2])
    if sys.argv[1] == "write":
        write(copy.deepcopy(cases), sys.argv[3])
        return 0
    with open(sys.argv[5], encoding="utf-8") as file:
        return check(cases, sys.argv[3], int(sys.argv[4]), json.load(file))


if __name__ == "__main__":
    sys.exit(main())
