#!/bin/bash
# What was recorded with one libc works with another: a program recorded as glibc's dynamic build runs in a container,
# under the profile, as it is, static with musl, and with the calls that a newer libc makes first.
set -u
. "$(dirname "$0")/lib.sh"

container=$here/../runtime/container.sh
# shellcheck source=../runtime/container.sh
. "$container"
need timeout
need_profgen
"$PROFGEN" emit --help >/dev/null 2>&1 || skip "this profgen has no emit command"
for runtime in crun runc; do
    if why=$(container_missing "$runtime"); then skip "$why"; fi
done
[ -x "$HOSTILE/../portable_musl" ] || skip "musl-gcc is not installed"
make_scratch
chmod 755 "$scratch"
cp "$HOSTILE"/../portable_* "$scratch/"
mkdir "$scratch/work"
cd "$scratch/work" || exit 1

timeout 60 "$PROFGEN" trace -q -o "$scratch/recording" -- "$scratch/portable_glibc" >"$scratch/out" 2>&1 ||
    { cat "$scratch/out"; fail "the recorded run"; }
"$PROFGEN" emit --seccomp="$scratch/seccomp.json" "$scratch/recording" 2>"$scratch/out" ||
    { cat "$scratch/out"; fail "no profile"; }
"$PROFGEN" emit --siblings=none --seccomp="$scratch/narrow.json" "$scratch/recording" 2>"$scratch/out" ||
    { cat "$scratch/out"; fail "no profile without siblings"; }

problems=0
# works PROFILE RUNTIME BUILD
works() {
    "$container" --runtime "$2" --seccomp "$scratch/$1" --caps none --bind "$scratch:$scratch" --cwd /tmp -- \
        "$scratch/portable_$3" </dev/null >"$scratch/out" 2>&1
}
for runtime in crun runc; do
    for build in glibc next musl; do
        if works seccomp.json "$runtime" "$build"; then
            echo "$build works in $runtime"
        else
            echo "$build in $runtime under what was recorded of glibc: $(tail -3 "$scratch/out")"
            problems=1
        fi
    done
done
# The test can fail: without siblings the musl build has calls that nobody recorded.
if works narrow.json crun musl; then
    echo "the musl build works without siblings: this test shows nothing"
    problems=1
fi
[ "$problems" = 0 ] || fail "another libc"
