#!/bin/bash
# profgen run --apparmor in a kernel that enforces it: what profgen verify says that a profile would deny is denied, the
# rest works, with and without a seccomp profile, for root and for a user with no_new_privs.
set -u
here=$(cd "$(dirname "$0")" && pwd)
profgen=$(realpath "${PROFGEN:-$here/../../build/profgen}")
probes=${PROBES:-$here/../../build/tests/runtime/probes}
skip() { echo "SKIPPED: $1" && exit 77; }
PATH=$PATH:/usr/sbin:/sbin
for program in jq setpriv; do
    command -v "$program" >/dev/null || skip "$program is not installed"
done
if why=$("$here/vm.sh" missing); then skip "$why"; fi
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
failed=0

cat >"$work/profiles" <<'PROFILE'
abi <abi/3.0>,
profile confined {
  / r,
  /** rwlkmix,
  deny /etc/shadow rwl,
  capability,
  network,
  deny mount,
}
PROFILE
jq -n '{defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["sethostname"], action: "SCMP_ACT_ERRNO", errnoRet: 38}]}' >"$work/seccomp.json"

# The promise, of a recording made here: the probe only reads.
"$profgen" trace -q -o "$work/recording" -- "$probes" --direct shadow-read
"$profgen" verify --apparmor "$work/profiles" --profile confined "$work/recording" >"$work/said"
promised=$?
if [[ $promised != 1 ]] || ! grep -q '^  r on /etc/shadow: the rule deny /etc/shadow forbids it' "$work/said"; then
    echo "FAIL: verify does not say that reading /etc/shadow is denied:"
    cat "$work/said"
    failed=1
fi

read -r -d '' guest <<GUEST
run="$profgen run"
chmod 755 /probes /seccomp.json
try() { wanted=\$1; shift; "\$@" >/tmp/out 2>&1; echo "try \$wanted \$? \$*: \$(busybox tr '\n' ' ' </tmp/out)"; }
try 0 \$run --seccomp /seccomp.json -- /probes --direct shadow-read
try 33 \$run --apparmor confined -- /probes --direct shadow-read
try 33 \$run --apparmor confined --seccomp /seccomp.json -- /probes --direct shadow-read
try 58 \$run --apparmor confined --seccomp /seccomp.json -- /probes --direct sethostname
try 33 \$run --apparmor confined -- /probes --direct mount
try 0 \$run --apparmor confined -- /bin/busybox grep -x 'confined (enforce)' /proc/self/attr/current
try 0 $(command -v setpriv) --reuid=1000 --regid=1000 --clear-groups \$run --apparmor confined --seccomp /seccomp.json -- /bin/busybox grep -x 'confined (enforce)' /proc/self/attr/current
try 125 \$run --apparmor missing -- /probes --direct shadow-read
GUEST

"$here/vm.sh" run --tree "$profgen" --tree setpriv --file "$probes:/probes" --file "$work/seccomp.json:/seccomp.json" \
    --profile "$work/profiles" --command "$guest" >"$work/out"

tried=0
while read -r _ wanted got what; do
    tried=$((tried + 1))
    [[ $got == "$wanted" ]] || { echo "FAIL: status $got, not $wanted: $what" && failed=1; }
done < <(grep '^try ' "$work/out")
grep -q 'no AppArmor profile missing is loaded' "$work/out" || { echo 'FAIL: a profile that is not loaded is not named' && failed=1; }
((tried == 8)) || failed=1
((failed == 0)) || { cat "$work/out" && exit 1; }
echo "$tried commands confined as promised"
