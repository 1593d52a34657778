#!/bin/bash
# usage: test_enforced.sh NAME [crun|runc]…
# trace -> emit -> run: a real workload is recorded, and does all of its work again in a container of each runtime
# under the seccomp profile that was emitted from the recording. crun refuses names that it does not know.
set -u
. "$(dirname "$0")/lib.sh"

container=$here/../runtime/container.sh
# shellcheck source=../runtime/container.sh
. "$container"
name=${1:?a real workload}
shift
runtimes=("$@")
[ ${#runtimes[@]} -gt 0 ] || runtimes=(crun runc)

need timeout setpriv
need_profgen
"$PROFGEN" emit --help >/dev/null 2>&1 || skip "this profgen has no emit command"
for runtime in "${runtimes[@]}"; do
    if why=$(container_missing "$runtime"); then skip "$why"; fi
done
make_scratch
copy_real
install -d -m 777 "$scratch/logs"

as_its_user "$name" timeout -k 5 100 "$scratch/profgen" trace -q -o "$scratch/logs/recording" -- \
    "$scratch/real/$name.sh" run </dev/null >"$scratch/out" 2>&1
status=$?
[ "$status" != 77 ] || skip "$(tail -1 "$scratch/out")"
[ "$status" = 0 ] || { cat "$scratch/out"; fail "$name under profgen trace: status $status"; }
"$PROFGEN" emit --seccomp="$scratch/seccomp.json" "$scratch/logs/recording" 2>"$scratch/out" ||
    { cat "$scratch/out"; fail "no profile for $name"; }

user=$("$here/real/$name.sh" user)
user=${user:-root}
failed=
for runtime in "${runtimes[@]}"; do
    "${private_net[@]}" "$container" --runtime "$runtime" --seccomp "$scratch/seccomp.json" --caps all \
        --user "$(id -u "$user"):$(id -g "$user")" --bind "$scratch:$scratch" --timeout 100 -- \
        "$scratch/real/$name.sh" run </dev/null >"$scratch/out" 2>&1
    status=$?
    if [ "$status" = 0 ]; then
        echo "$name works under its profile in $runtime"
    else
        tail -20 "$scratch/out"
        echo "$name under its profile in $runtime: status $status"
        failed="$failed $runtime"
    fi
done
[ -z "$failed" ] || fail "$name in$failed"
