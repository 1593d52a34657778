#!/bin/bash
# profgen's Pod Security checks against kubernetes/pod-security-admission itself, of which pss_upstream/ is a small program:
# the pods of testdata/pss/cases.yaml, those of testdata/pss/upstream and random ones, at every level and version, down to
# the words of the message.
#
#   compare_pss_upstream.sh [COUNT [SEED]]   how many random pods (2000) from which seed (1)
#   compare_pss_upstream.sh --record         writes testdata/pss/upstream anew, for the unit test that needs no Go
#
# Needs Go and the modules of pss_upstream/go.mod in Go's cache: go -C tests/audit/pss_upstream mod download
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
data=$here/../../testdata/pss
verdicts=${PSS_VERDICTS:-$here/../../build/tests/audit/pss_verdicts}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

python3 -c 'import yaml' 2>/dev/null || { echo "no python3-yaml" >&2; exit 1; }
command -v go >/dev/null || { echo "no go" >&2; exit 1; }
cp -r "$here/pss_upstream" "$work/source"
if ! (cd "$work/source" && GOFLAGS=-mod=readonly GOPROXY=off GOTOOLCHAIN=local GOWORK=off go build -o "$work/upstream" .) 2>"$work/log"; then
    echo "upstream does not build here: $(head -n 1 "$work/log")"
    exit 1
fi

if [ "${1:-}" = --record ]; then
    python3 "$here/pss_pods.py" 250 20260701 >"$data/upstream/pods.jsonl"
    exec "$work/upstream" <"$data/upstream/pods.jsonl" >"$data/upstream/verdicts.txt"
fi

status=0
# compare NAME: the pods of $work/pods.jsonl.
compare()
{
    "$work/upstream" <"$work/pods.jsonl" >"$work/upstream.txt" && "$verdicts" <"$work/pods.jsonl" >"$work/ours.txt" || status=1
    local pods refused
    pods=$(grep -c '^pod ' "$work/upstream.txt")
    refused=$(grep -c '^refused' "$work/upstream.txt")
    if diff "$work/upstream.txt" "$work/ours.txt" >"$work/diff" && [ "$pods" -gt 0 ]; then
        echo "$1: $pods pods, $((pods * 2 * 38)) verdicts, all as upstream's"
    else
        echo "$1: $pods pods, of which $refused refused; verdicts differ (< upstream):"
        head -n 20 "$work/diff"
        status=1
    fi
}

python3 "$here/pss_cases.py" "$data/cases.yaml" >"$work/pods.jsonl" || status=1
compare cases
cp "$data/upstream/pods.jsonl" "$work/pods.jsonl"
compare recorded
cmp "$work/upstream.txt" "$data/upstream/verdicts.txt" || status=1
python3 "$here/pss_pods.py" "${1:-2000}" "${2:-1}" >"$work/pods.jsonl" || status=1
compare "random from seed ${2:-1}"
exit "$status"
