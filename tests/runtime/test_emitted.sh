#!/bin/bash
# A real server, recorded by profgen under load, does the same work in a container under the seccomp profile that profgen
# emits, and every attack probe that it never made is refused there as promised.
#
#   test_emitted.sh nginx|redis [crun|runc]...
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/runtime/container.sh
source "$here/container.sh"
name=${1:?nginx or redis}
shift
profgen=${PROFGEN:-$CONTAINER_SOURCE_DIR/build/profgen}
runtimes=("$@")
((${#runtimes[@]})) || runtimes=(crun runc)

skip() { echo "SKIPPED: $1" && exit 77; }

read -ra programs <<<"$("$here/server.sh" needs "$name")"
for program in "${programs[@]}" ip; do
    command -v "$program" >/dev/null || skip "$program is not installed"
done
for runtime in "${runtimes[@]}"; do
    if why=$(container_missing "$runtime"); then skip "$why"; fi
done
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
failed=0

if ! "$here/server.sh" record "$name" "$work/recording" "$profgen" >"$work/said" 2>&1; then
    echo "FAIL: $name did not work while it was recorded:"
    cat "$work/said"
    exit 1
fi
"$profgen" emit --seccomp="$work/seccomp.json" "$work/recording" || { echo 'FAIL: no profile was emitted' && exit 1; }
"$profgen" show --syscalls "$work/recording" >"$work/recorded" || { echo 'FAIL: the recording cannot be shown' && exit 1; }
echo "$name: $(wc -l <"$work/recorded") calls recorded"

for runtime in "${runtimes[@]}"; do
    # The load comes from outside, so the container shares the server's network, process numbers and files.
    if "$here/server.sh" within "$name" "$here/container.sh" --runtime "$runtime" --seccomp "$work/seccomp.json" \
        --caps all --host-pid --bind /srv:/srv --bind /run:/run --bind /var/log:/var/log --bind /var/lib:/var/lib \
        -- >"$work/said" 2>&1; then
        echo "$runtime $name: works under its profile, $(grep -c ': as expected$' "$work/said") checks"
    else
        echo "FAIL: $runtime $name does not work under its own profile:"
        cat "$work/said"
        failed=1
    fi
done
PROBES=${PROBES:-$CONTAINER_SOURCE_DIR/build/tests/runtime/probes} "$here/test_probes.sh" --profile "$work/seccomp.json" \
    --recorded "$work/recorded" "${runtimes[@]/#/--runtime=}" || failed=1
exit "$failed"
