"""Reads SARIF logs from standard input, a NUL byte behind each, and says what is wrong with them.

They are held against sarif.schema.json beside this file, if the module jsonschema is there, and against what a schema
cannot say: indices, columns that agree with the snippets, and what GitHub asks for beyond the standard.
"""

import json
import pathlib
import re
import sys
from urllib.parse import unquote_to_bytes, urlsplit


def validator():
    try:
        import jsonschema
    except ImportError:
        print("the schema is not checked: the module jsonschema is missing (package python3-jsonschema)")
        return None
    schema = json.loads(pathlib.Path(__file__).with_name("sarif.schema.json").read_text("utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def check_rule(rule):
    assert rule["help"]["text"].strip() and rule["help"]["markdown"].strip()
    assert 0 <= float(rule["properties"]["security-severity"]) <= 10
    assert len(rule["properties"]["tags"]) <= 20


def utf16(text):
    return text.encode("utf-16-le")


def check_location(location):
    place = location["physicalLocation"]
    artifact = place["artifactLocation"]
    parts = urlsplit(artifact["uri"])
    assert unquote_to_bytes(artifact["uri"])
    assert not ("uriBaseId" in artifact and (parts.scheme or parts.path.startswith("/") or ".." in parts.path.split("/")))
    region = place.get("region", {})
    if "startColumn" in region:
        assert region["startColumn"] <= region["endColumn"]
    whole = place.get("contextRegion", {}).get("snippet", {}).get("text")
    # What is escaped in a snippet has other columns than in the file.
    if whole and not re.search(r"\\x[0-9a-f]{2}", whole + region["snippet"]["text"]):
        part = utf16(whole)[2 * (region["startColumn"] - 1) : 2 * (region["endColumn"] - 1)]
        assert part == utf16(region["snippet"]["text"]), f"{region} is not in {whole!r}"


def check_result(result, rules):
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert len(result["locations"]) == 1
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] >= 1
    check_location(result["locations"][0])


def check(log, schema):
    if schema:
        schema.validate(log)
    for run in log["runs"]:
        rules = run["tool"]["driver"]["rules"]
        assert len({rule["id"] for rule in rules}) == len(rules)
        for rule in rules:
            check_rule(rule)
        for result in run["results"]:
            check_result(result, rules)
        notifications = run["invocations"][0]["toolExecutionNotifications"]
        for notification in notifications:
            check_location(notification["locations"][0])
        failed = any(notification["level"] == "error" for notification in notifications)
        assert run["invocations"][0]["executionSuccessful"] == (not failed)


valid = validator()
for number, report in enumerate(sys.stdin.buffer.read().split(b"\0")[:-1]):
    try:
        check(json.loads(report.decode("utf-8", "strict")), valid)
    except Exception:
        print(f"report {number}:\n{report.decode(errors='replace')}")
        raise
