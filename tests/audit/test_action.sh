#!/bin/bash
# usage: test_action.sh SOURCE
#
# The steps of action.yml, run as GitHub's runner runs them: profgen is built from a copy of the source, then it audits
# testdata/shop; the annotations, the summary, the SARIF file and the exit status are what a job would see.
set -euo pipefail
source_dir=$1
python3 -c 'import yaml' 2>/dev/null || { echo 'SKIPPED: the YAML module of python3 is missing (package python3-yaml)'; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/action" "$work/temp" "$work/project"
(cd "$source_dir" && cp -R CMakeLists.txt action.yml completions man profiles rules src tests tools "$work/action/")
cp -R "$source_dir/testdata/shop" "$work/project/"

# Writes each step's script to a file, with what it takes from the inputs resolved: "${{ inputs.NAME }}" stands in the
# environment only, where nothing that an input holds is run.
python3 - "$work" <<'PYTHON'
import re, sys, yaml
work = sys.argv[1]
action = yaml.safe_load(open(work + "/action/action.yml"))
assert action["runs"]["using"] == "composite"
for step in action["runs"]["steps"]:
    assert step["shell"] == "bash", step
    assert "${{" not in step["run"], "an input would be run as code"
    with open(f"{work}/{step['name'].lower()}.sh", "w") as script:
        script.write(step["run"])
    with open(f"{work}/{step['name'].lower()}.env", "w") as env:
        for name, value in step.get("env", {}).items():
            key = re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", value).group(1)
            assert key in action["inputs"], key
            env.write(f"{name}\t{key}\n")
inputs = {name: str(value.get("default", "")) for name, value in action["inputs"].items()}
with open(work + "/defaults", "w") as out:
    for name, value in inputs.items():
        out.write(f"{name}={value}\n")
PYTHON

# step NAME INPUT=VALUE...
step()
{
    local name=$1 variable input value pair
    local -a env=(GITHUB_ACTION_PATH="$work/action" RUNNER_TEMP="$work/temp" GITHUB_STEP_SUMMARY="$work/summary")
    shift
    while IFS=$'\t' read -r variable input; do
        value=$(sed -n "s/^$input=//p" "$work/defaults")
        for pair; do
            [[ ${pair%%=*} != "$input" ]] || value=${pair#*=}
        done
        env+=("$variable=$value")
    done <"$work/$name.env"
    # As the runner starts a step's bash.
    (cd "$work/project" && env "${env[@]}" bash --noprofile --norc -eo pipefail "$work/$name.sh")
}

# fails WORDS...
fails()
{
    echo "FAILED: $*"
    exit 1
}

step 'build profgen' >"$work/log" 2>&1 || { tail -n 20 "$work/log"; fails 'the build'; }
status=0
step audit paths=$'shop/deployment.yaml\nshop/runtime-class.yaml\n' sarif=shop.sarif $'arguments=--skip\nPG101' >"$work/out" || status=$?
[[ $status == 1 ]] || fails "findings that are high give status $status"
grep -q '^::error file=shop/deployment.yaml,line=[0-9]*,.*title=PG111 ' "$work/out" || fails 'no annotation of PG111'
! grep -q PG101 "$work/out" || fails 'the arguments did not reach profgen'
grep -q PG111 "$work/summary" || fails 'the summary of the job does not name PG111'
python3 -c 'import json, sys; assert json.load(open(sys.argv[1]))["version"] == "2.1.0"' "$work/project/shop.sarif" || fails 'no SARIF'
step audit fail-on=never >"$work/out" || fails 'with never it fails'
grep -q 'file=shop/compose.yaml' "$work/out" || fails 'by default not everything is audited'
status=0
step audit paths=missing >"$work/out" 2>&1 || status=$?
[[ $status == 2 ]] || fails "a path that is missing gives status $status"
# shellcheck disable=SC2016 # what must not be expanded
step audit 'paths=$(touch pwned)' >"$work/out" 2>&1 || true
! [[ -e $work/project/pwned ]] || fails 'an input was run'
