#!/bin/bash
# From a recording to a deployment: a real server is recorded under load; the patch that profgen emits is merged into a plain
# Deployment by kubectl, and by the same rules here; the audit of the result has nothing left that a recording can cure; and
# the server does its work with exactly what the result gives it: user, capabilities, a read-only root with these empty volumes,
# memory, the seccomp profile. The same for the Compose override. Taking anything away makes it fail.
#
#   test_fitted.sh nginx|redis [crun|runc]...
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/runtime/container.sh
source "$here/container.sh"
profgen=${PROFGEN:-$CONTAINER_SOURCE_DIR/build/profgen}

# In the server's own mount namespace: --enter VOLUMES OPTION... -- CMD... mounts the volumes and runs CMD in a container.
if [[ ${1:-} == --enter ]]; then
    volumes=$2
    shift 2
    while read -r size path; do
        mkdir -p "$path"
        mount -t tmpfs -o "size=$size,mode=777" tmpfs "$path" || exit 125
        set -- --bind "$path:$path" "$@"
    done <"$volumes"
    # What an image would hold. The server is loaded from outside, so it shares the network and the process numbers.
    container_run --host-pid --bind /srv:/srv:ro "$@"
    exit
fi

name=${1:?nginx or redis}
shift
runtimes=("$@")
((${#runtimes[@]})) || runtimes=(crun runc)
skip() { echo "SKIPPED: $1" && exit 77; }
failed=0
fail() { echo "FAIL: $1" && failed=1; }

read -ra programs <<<"$("$here/server.sh" needs "$name")"
for program in "${programs[@]}" ip setpriv python3; do
    command -v "$program" >/dev/null || skip "$program is not installed"
done
python3 -c 'import yaml' 2>/dev/null || skip 'python3-yaml is not installed'
for runtime in "${runtimes[@]}"; do
    if why=$(container_missing "$runtime"); then skip "$why"; fi
done
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
fitted() { python3 "$here/fitted.py" "$@"; }

# What no recording can cure, with the reason: everything else at or above medium must be gone.
declare -A incurable=()
port=8080
case $name in
nginx) # It needs CHOWN, SETGID and SETUID, which only root has in a container, and leaves root by itself.
    incurable[PG116]='the recorded nginx needs root and gives it up itself' ;;
redis) # Recorded as the user it is to be.
    export SERVER_USER=10001
    port=6379 ;;
esac

# ---- record --------------------------------------------------------------------------------------------------------

chmod 711 "$work"
mkdir -m 777 recorded
if ! "$here/server.sh" within "$name" ${SERVER_USER:+setpriv --reuid "$SERVER_USER" --regid "$SERVER_USER" --clear-groups} \
    "$profgen" trace -o "$work/recorded/it.json" -- >said 2>&1; then
    cat said
    fail "$name did not work while it was recorded"
    exit 1
fi

# ---- emit, merge, audit --------------------------------------------------------------------------------------------

cat >deployment.yaml <<YAML
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: shop}
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
        - name: front
          image: registry.example.com/$name:1.22
          ports: [{containerPort: $port}]
YAML
printf 'services:\n  front:\n    image: registry.example.com/%s:1.22\n' "$name" >compose.yaml
# rules FILE...: what the audit, which knows the recording, finds at or above medium
rules()
{
    "$profgen" audit --no-config --fail-on never --severity medium --recording front=recorded/it.json --format json "$@" |
        python3 -c 'import json, sys; print("\n".join(sorted({f["rule"] for f in json.load(sys.stdin)["findings"]})))'
}

before=$(rules deployment.yaml compose.yaml | wc -l)
((before >= 8)) || fail "the audit finds $before rules broken by a plain deployment, too few to prove anything"
echo "$name: $before rules are broken by the plain manifests"
mkdir -p profiles
"$profgen" emit --seccomp=profiles/shop.json --apparmor --name shop --for deployment.yaml --format pod-patch recorded/it.json ||
    fail 'nothing was emitted for the Deployment'
"$profgen" emit --name shop --for compose.yaml --format compose=compose.override.yaml --format spo recorded/it.json 2>/dev/null ||
    fail 'nothing was emitted for Compose'
fitted merge deployment.yaml pod-patch.yaml >patched.yaml || fail 'the patch cannot be merged'
if command -v kubectl >/dev/null; then
    if kubectl patch --local -f deployment.yaml --type strategic -p "$(<pod-patch.yaml)" -o yaml >kubectl.yaml; then
        echo "$name: merged by kubectl $(kubectl version --client 2>/dev/null | grep -o 'v[0-9][0-9.]*' | head -1)"
        fitted same patched.yaml kubectl.yaml || fail 'kubectl merges the patch to something else'
    else
        fail 'kubectl does not take the patch'
    fi
else
    echo "$name: kubectl is not installed: merged by the same rules here alone"
fi

# cured WHAT FILE...: nothing is left but what is incurable
cured()
{
    local what=$1 rule left
    shift
    left=$(rules "$@")
    for rule in $left; do
        if [[ -n ${incurable[$rule]:-} ]]; then
            echo "$name $what: $rule stays: ${incurable[$rule]}"
        else
            fail "$what: $rule is left"
        fi
    done
}
cured patched patched.yaml apparmor.profile
cured patch pod-patch.yaml apparmor.profile
cured operator profiles.yaml
"$profgen" emit --name shop --format spo=lists.yaml --apparmor-mode=allow recorded/it.json 2>/dev/null || fail 'nothing was emitted for the operator'
cured 'operator, allow-list' lists.yaml
cured compose compose.yaml compose.override.yaml apparmor.profile
# Of what is declared nothing was unused, and nothing that was used is refused, be it of ever so little weight.
used=$("$profgen" audit --no-config --fail-on never --only 'PG0*' --recording front=recorded/it.json --format json patched.yaml compose.yaml \
    apparmor.profile | python3 -c 'import json, sys; print(*("{rule}: {message}".format(**f) for f in json.load(sys.stdin)["findings"]), sep="\n")')
[[ -z $used ]] || fail "declared and used differ: $used"
count=$(fitted traced pod-patch.yaml recorded/it.json) || fail 'the patch is not traceable to the recording'
echo "$name: $count recommendations are traceable to the recording"
fitted traced compose.override.yaml recorded/it.json >/dev/null || fail 'the override is not traceable to the recording'

# ---- run -----------------------------------------------------------------------------------------------------------

# serve RUNTIME GIVEN VOLUMES [OPTION...]: whether the server does its work with that
serve()
{
    local runtime=$1 options
    read -ra options <<<"$(fitted container "$2")"
    "$here/server.sh" within "$name" "$here/test_fitted.sh" --enter "$work/$3" --runtime "$runtime" --seccomp "$work/profiles/shop.json" \
        "${options[@]}" "${@:4}" -- >said 2>&1
}

fitted volumes patched.yaml >places
fitted volumes compose.override.yaml >tmpfs
echo "$name: $(fitted container patched.yaml), volumes $(tr "\n" " " <places)"
for runtime in "${runtimes[@]}"; do
    for file in patched.yaml compose.override.yaml; do
        places=places
        [[ $file == patched.yaml ]] || places=tmpfs
        if serve "$runtime" "$file" "$places"; then
            echo "$runtime $name: works with what $file gives it, $(grep -c ': as expected$' said) checks"
        else
            fail "$runtime $name does not work with what $file gives it:"
            cat said
        fi
    done
done
# The proof of the proof: without any one of the volumes, or with too little memory, it does not work.
runtime=${runtimes[0]}
mapfile -t mounts < <(cut -d' ' -f2 places)
for path in "${mounts[@]}"; do
    # It does without its pid file; what it makes there this machine's image has already.
    [[ $name$path == redis/run || -d $path/body ]] && continue
    grep -v " $path\$" places >fewer
    serve "$runtime" patched.yaml fewer && fail "$name works without the volume at $path"
done
serve "$runtime" patched.yaml places --memory 1000000 && fail "$name works with 1 MB of memory"
[[ $name == redis ]] || { serve "$runtime" patched.yaml places --caps none && fail "$name works without capabilities"; }
exit "$failed"
