#!/bin/bash
# Every row of profiles/seccomp-probes.csv is executed in the guest, as root, through each ABI of the machine, x32 among them:
# unconfined, under Docker's and Podman's default profiles and under one that profgen emitted, all loaded by profgen run. What
# happens is what the evaluator says.
#
#   test_seccomp_probes.sh PROBE_ROWS SECCOMP_ANSWERS
#
# Each profile runs with all capabilities, with none, and, resolved for the capabilities that Docker gives, with all, so that
# nothing but the filter refuses. And it runs twice: as it is, and with 1000 added to every errno, so that what the filter
# answers is never what the kernel could have said by itself.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/runtime/container.sh
source "$here/../runtime/container.sh"
profgen=$(realpath "${PROFGEN:-$here/../../build/profgen}")
rows=${1:?the probe_rows program}
answers=${2:?the seccomp_answers program}
skip() { echo "SKIPPED: $1" && exit 77; }
for program in jq setpriv; do
    command -v "$program" >/dev/null || skip "$program is not installed"
done
if why=$("$here/vm.sh" missing x32); then skip "$why"; fi
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $1" && exit 1; }
mkdir "$work/in"

"$answers" cases >"$work/in/cases" || fail 'there are no cases'
# The table itself says how many there must be.
wanted=$(awk '!/^#/ && NF' "$CONTAINER_SOURCE_DIR/profiles/seccomp-probes.csv" | wc -l)
got=$(cut -d' ' -f1 "$work/in/cases" | sort -u | wc -l)
((got == wanted - 1)) || fail "$got probes, and the table has $((wanted - 1))"

# The emitted one is made of this very program without its attacks.
"$profgen" trace -q -o "$work/recording" -- "$rows" --rehearse "$work/in/cases" >/dev/null || fail 'the rehearsal failed'
"$profgen" emit --seccomp="$work/in/emitted.all.plain" "$work/recording" || fail 'no profile was emitted'
docker_capabilities=$(awk -F, '$1 == "docker" { print "CAP_" $2 }' "$CONTAINER_SOURCE_DIR/profiles/default_capabilities.csv" |
    jq -R . | jq -sc .)
for name in docker podman; do
    file=$CONTAINER_SOURCE_DIR/testdata/seccomp/$name-default.json
    cp "$file" "$work/in/$name.all.plain"
    cp "$file" "$work/in/$name.none.plain"
    container_seccomp "$file" "$docker_capabilities" >"$work/in/$name-resolved.all.plain" || fail "$name's profile was not resolved"
done
for file in "$work"/in/*.plain; do
    jq 'def mark: 1000 + (. // 1);
        (if .defaultAction == "SCMP_ACT_ERRNO" then .defaultErrnoRet |= mark | del(.defaultErrno) else . end)
        | .syscalls |= map(if .action == "SCMP_ACT_ERRNO" then .errnoRet |= mark | del(.errno) else . end)' \
        "$file" >"${file%.plain}.marked" || fail 'the errnos were not marked'
done

setpriv=$(command -v setpriv)
read -r -d '' guest <<GUEST
set -e
mkdir /out
/probe_rows --expect /in/cases >/out/all.free || { busybox cat /out/all.free; exit 1; }
$setpriv --bounding-set=-all --inh-caps=-all /probe_rows /in/cases >/out/none.free
for profile in /in/*.plain /in/*.marked; do
    name=\${profile#/in/}
    drop=
    case \$name in *.none.*) drop="$setpriv --bounding-set=-all --inh-caps=-all" ;; esac
    for loader in runc crun; do
        \$drop $profgen run -q --runtime \$loader --seccomp \$profile -- /probe_rows /in/cases >/out/\$name.\$loader
    done
done
cd /out
for file in *; do busybox sed "s/^/\$file /" \$file; done
GUEST
"$here/vm.sh" run --kernel x32 --tree "$profgen" --tree setpriv --file "$rows:/probe_rows" --dir "$work/in:/in" \
    --command "$guest" >"$work/out"
status=$?
((status == 0)) || { cat "$work/out" && fail "the guest ended with $status"; }
mkdir "$work/answers"
awk -v dir="$work/answers/" '{ file = dir $1; sub(/^[^ ]* /, ""); print >file }' "$work/out"

failed=0
runs=0
for file in "$work"/answers/*.*.*.*; do
    name=$(basename "$file")
    capabilities=${name#*.}
    if ! said=$("$answers" check "$work/in/${name%.*}" "${name##*.}" "$work/answers/${capabilities%%.*}.free" "$file"); then
        failed=1
    fi
    # shellcheck disable=SC2001 # a prefix on each line
    sed "s/^/$name: /" <<<"$said"
    runs=$((runs + 1))
done
((runs == 28)) || fail "$runs runs of 28"
echo "$((wanted - 1)) probes: $(cat "$work"/answers/*.* | grep -c '^[^#]') calls made, through" \
    "$(cat "$work"/answers/*.* | awk '/^[^#]/ { n[$3]++ } END { for (abi in n) printf "%s %d ", abi, n[abi] }')"
exit "$failed"
