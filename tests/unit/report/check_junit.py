"""Reads JUnit reports from standard input, a NUL byte behind each, and says what is wrong with them.

The counts must be those of the cases."""

import sys
import xml.etree.ElementTree as ET


def tally(suite):
    cases = suite.findall("testcase")
    counts = {"tests": len(cases)}
    for attribute, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        counts[attribute] = sum(len(case.findall(element)) for case in cases)
    for case in cases:
        assert case.get("name") and case.get("classname") == suite.get("name"), "a case without its names"
        assert len(case) <= 1, "a case with two results"
        assert all(result.get("message") for result in case), "a result without a message"
    return counts


def check(root):
    assert root.tag == "testsuites"
    total = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for suite in root:
        assert suite.tag == "testsuite" and suite.get("name")
        counts = tally(suite)
        assert counts["tests"] > 0, "an empty suite"
        for key, value in counts.items():
            assert int(suite.get(key)) == value, f"{key} of {suite.get('name')!r}: {suite.get(key)}, not {value}"
            total[key] += value
    for key, value in total.items():
        assert int(root.get(key)) == value, f"{key}: {root.get(key)}, not {value}"


for number, report in enumerate(sys.stdin.buffer.read().split(b"\0")[:-1]):
    try:
        check(ET.fromstring(report))
    except Exception:
        print(f"report {number}:\n{report.decode(errors='replace')}")
        raise
