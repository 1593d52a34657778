#!/bin/bash
# A pod gets the same Pod Security verdict in whatever form it stands: by itself, in every kind of workload, in lists, in
# custom resources, as JSON, with anchors, aliases and merge keys, with CRLF. Every pod of testdata/pss/cases.yaml in each
# form goes through `profgen audit --pss`, at versions on both sides of what depends on the pod.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cases=$here/../../testdata/pss/cases.yaml
profgen=${PROFGEN:-$here/../../build/profgen}
python3 -c 'import yaml' 2>/dev/null || { echo "SKIPPED: no python3-yaml"; exit 77; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

python3 "$here/pss_wrap.py" write "$cases" "$work/pods" || exit 1
status=0
for level in baseline restricted; do
    for minor in 0 18 19 22 24 25 30 34 35 37; do
        (cd "$work/pods" && "$profgen" audit --pss "$level@1.$minor" --format json .) >"$work/audit.json" 2>"$work/log"
        if [ $? -gt 1 ]; then
            echo "profgen audit --pss $level@1.$minor failed:"
            head -n 5 "$work/log"
            exit 1
        fi
        python3 "$here/pss_wrap.py" check "$cases" "$level" "$minor" "$work/audit.json" || status=1
    done
done
exit "$status"
