#!/bin/bash
# usage: test_kubectl.sh PROFGEN SOURCE
#
# The plug-in kubectl-profgen with a kubectl that answers from files: what it asks the cluster, what it makes of the
# answers, and what becomes of the exit status. A real kubectl, where there is one, must find it as a plug-in.
set -euo pipefail
profgen=$1
source_dir=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

complain()
{
    echo "FAILED: $*"
    failed=1
}

mkdir "$work/bin" "$work/answers"
cp "$source_dir/tools/kubectl-profgen" "$work/bin/"
ln -s "$profgen" "$work/bin/profgen"
export PATH="$work/bin:$PATH" FAKE="$work"
cat >"$work/bin/kubectl" <<'KUBECTL'
#!/bin/bash
# Notes how it was called; answers with the file that is named like the kinds, or with an empty list.
echo "$*" >>"$FAKE/calls"
[[ $1 == get ]] || exit 64
shift
while [[ $1 == --context ]]; do shift 2; done
if [[ $* == *go-template* ]]; then
    cat "$FAKE/answers/$1.names" 2>/dev/null || true
    exit 0
fi
cat "$FAKE/answers/$1.json" 2>/dev/null || echo '{"apiVersion": "v1", "kind": "List", "items": []}'
! [[ -e $FAKE/forbidden && $1 == *roles* ]] || { echo 'Error from server (Forbidden): roles' >&2; exit 1; }
KUBECTL
chmod +x "$work/bin/kubectl"

# object KIND NAME CONTAINER-SECURITY
object()
{
    local pod='{"containers": [{"name": "web", "image": "registry.example.com/shop/web:1", "securityContext": '$3'}]}'
    local spec=$pod api=v1
    [[ $1 == Pod ]] || { spec='{"template": {"spec": '$pod'}}' && api=apps/v1; }
    printf '{"apiVersion": "%s", "kind": "%s", "metadata": {"namespace": "shop", "name": "%s"}, "spec": %s}' "$api" "$1" "$2" "$spec"
}
templates=deployments,daemonsets,statefulsets,cronjobs,replicationcontrollers
printf '{"apiVersion": "v1", "kind": "List", "items": [%s, %s]}\n' "$(object Deployment front '{"privileged": true}')" \
    "$(object StatefulSet store '{"privileged": false}')" >"$work/answers/$templates.json"
echo 'shop lonely' >"$work/answers/pods.names"
object Pod lonely '{"privileged": true}' >"$work/answers/pods.json"

# audit STATUS ARGUMENT...: what the plug-in prints is in the file out.
audit()
{
    local expected=$1 status=0
    shift
    rm -f "$work/calls"
    kubectl-profgen "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
    [[ $status == "$expected" ]] || { complain "kubectl profgen $*: status $status, not $expected"; cat "$work/err"; }
}

subjects()
{
    python3 -c 'import json, sys
print(*sorted({f["subject"]["kind"] + "/" + f["subject"]["name"] for f in json.load(sys.stdin)["findings"]}))' <"$work/out"
}

# says WHAT EXPECTED
says()
{
    local got
    got=$(subjects)
    [[ $got == "$2" ]] || complain "$1: findings are of '$got', not of '$2'"
}

# called WORDS: some call has these words.
called()
{
    grep -qF -- "$1" "$work/calls" || { complain "no call of kubectl says: $1"; cat "$work/calls"; }
}

cd "$work"
audit 1 -A --no-config --only PG101 --format json
says 'all namespaces' 'Deployment/front Pod/lonely'
called "get $templates --all-namespaces -o json"
called 'get pods --namespace shop --ignore-not-found lonely -o json'
called 'validatingwebhookconfigurations'
! grep -q secrets "$work/calls" || complain 'it asks for Secrets'

audit 0 --namespace shop -l 'app in (a, b)' --context=test --no-config --only PG101 --fail-on never --format json
called 'get --context=test namespace shop -o json'
called 'get --context=test pods --namespace shop --selector app in (a, b) -o go-template'
! grep -q clusterroles "$work/calls" || complain 'it asks for roles of the cluster where one namespace is meant'

audit 1 --pods -n shop --no-config --only PG101 --format json
says '--pods' 'Pod/lonely'

touch "$work/forbidden"
audit 2 -n shop --no-config --only PG101 --format json
says 'what may be seen' 'Deployment/front Pod/lonely'
grep -q 'not everything was judged' "$work/err" || complain 'it does not say that something is missing'

rm "$work/forbidden"

audit 2 -n
audit 2 -n shop -A
audit 2 --no-such-option
audit 0 --help
grep -q '^usage: kubectl profgen' "$work/out" || complain '--help says nothing'

# With a real kubectl, which must find the plug-in and understand what that asks, and a cluster that is played.
real=$(type -ap kubectl | grep -v "^$work" | head -n 1) || true
if [[ -z $real ]]; then
    echo 'no kubectl is installed: whether it finds the plug-in was not tried'
    exit "$failed"
fi
rm "$work/bin/kubectl"
# owned NAME: a pod that a ReplicaSet has made
owned()
{
    object Pod "$1" '{"privileged": true}' |
        sed 's/"metadata": {/&"ownerReferences": [{"kind": "ReplicaSet", "name": "front-1", "controller": true}], /'
}
labelled()
{
    object Pod "$1" '{"privileged": true}' | sed 's/"metadata": {/&"labels": {"app": "b"}, /'
}
printf '{"items": [%s, %s, %s, %s, %s, %s, %s]}' "$(object Deployment front '{"privileged": true}')" "$(owned front-1-a)" \
    "$(object Pod lonely '{"privileged": true}')" "$(labelled other)" \
    "$(object Pod far '{"privileged": true}' | sed 's/"namespace": "shop"/"namespace": "far"/')" \
    '{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}' \
    '{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "far"}}' >"$work/objects.json"
"$source_dir/tests/audit/fake_cluster.py" "$work/objects.json" "$work/kubeconfig" &
server=$!
trap 'kill "$server"; rm -rf "$work"' EXIT
for _ in {1..100}; do
    [[ -s $work/kubeconfig ]] && break
    sleep 0.1
done
export HOME=$work KUBECONFIG=$work/kubeconfig

"$real" plugin list 2>&1 | grep -q "$work/bin/kubectl-profgen" || complain "$real does not list the plug-in"
# real SUBJECTS ARGUMENT...
real()
{
    local subjects=$1
    shift
    "$real" profgen "$@" --no-config --fail-on never --format json >"$work/out" 2>"$work/err" </dev/null ||
        { complain "$real profgen $*"; cat "$work/err"; }
    says "kubectl profgen $*" "$subjects"
}
real 'Deployment/front Pod/lonely Pod/other' --only PG101
real 'Deployment/front Pod/far Pod/lonely Pod/other' -A --only PG101
real 'Pod/far' -n far --only PG101
real 'Pod/other' -l app=b --only PG101
real 'Pod/front-1-a Pod/lonely Pod/other' --pods -n shop --only PG101
real 'Namespace/shop' -n shop --only PG801
exit "$failed"
