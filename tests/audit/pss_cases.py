#!/usr/bin/env python3
"""Writes the pods of testdata/pss/cases.yaml that the API server would decode, one JSON object a line."""

import json
import sys

import yaml


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        document = yaml.safe_load(file)
    default = next(part for part in document["parts"] if "containers" in part)
    for case in document["cases"]:
        if case.get("refused"):
            continue
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": case.get("spec", default)}
        if "annotations" in case:
            pod["metadata"]["annotations"] = case["annotations"]
        print(json.dumps(pod, separators=(",", ":")))


if __name__ == "__main__":
    main()
