#!/bin/bash
# Shows that the AppArmor bed enforces, with a profile written by hand: what it allows works, what it denies and what it
# does not name fails, the same things work unconfined, and the kernel's log tells all three apart.
set -u
here=$(cd "$(dirname "$0")" && pwd)
probes=${PROBES:-$here/../../build/tests/runtime/probes}
if why=$("$here/vm.sh" missing); then
    echo "SKIPPED: $why"
    exit 77
fi
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

cat >"$work/hand" <<'PROFILE'
abi <abi/3.0>,
profile hand flags=(attach_disconnected) {
  /probes mrix,
  /usr/bin/busybox mrix,
  audit /data/allowed r,
  audit deny /data/denied r,
  deny /data/silent r,
  /etc/shadow r,
  /dev/ttyS1 w,
  /vm/output w,
  network inet raw,
  capability net_raw,
}
PROFILE

read -r -d '' commands <<'GUEST'
mkdir /data
for name in allowed denied silent unnamed; do echo "$name" >/data/$name; done
for name in allowed denied silent unnamed; do
    busybox cat /data/$name >/dev/null 2>&1 && echo "unconfined $name ok"
    aa-exec -p hand -- /usr/bin/busybox cat /data/$name >/dev/null 2>&1 && echo "confined $name ok" || echo "confined $name refused"
done
for probe in shadow-read raw-socket packet-socket mount ptrace shell-exec; do
    /probes --direct $probe && echo "unconfined $probe ok"
    aa-exec -p hand -- /probes --direct $probe && echo "confined $probe ok" || echo "confined $probe refused $?"
done
GUEST

"$here/vm.sh" run --profile "$work/hand" --file "$probes:/probes" --dmesg "$work/dmesg" --command "$commands" >"$work/out"
status=$?
failed=0
expect() { grep -qx "$1" "$work/out" || { echo "FAIL: the guest did not say: $1" && failed=1; }; }
expect_log() { grep -q "$1.*$2" "$work/dmesg" || { echo "FAIL: no log line with $1 and $2" && failed=1; }; }
expect_no_log() { if grep -q "$1" "$work/dmesg"; then echo "FAIL: a log line with $1" && failed=1; fi; }

for name in allowed denied silent unnamed shadow-read raw-socket packet-socket mount ptrace shell-exec; do
    expect "unconfined $name ok"
done
expect 'confined allowed ok'
expect 'confined denied refused'
expect 'confined silent refused'
expect 'confined unnamed refused'
expect 'confined shadow-read ok'
expect 'confined raw-socket ok'
expect 'confined packet-socket refused 33' # EACCES
expect 'confined mount refused 33'
expect 'confined ptrace ok' # an unconfined parent may trace
expect 'confined shell-exec ok'
expect_log 'apparmor="AUDIT"' 'name="/data/allowed"'
expect_log 'apparmor="DENIED"' 'name="/data/denied"'
expect_log 'apparmor="DENIED"' 'name="/data/unnamed"'
expect_no_log 'name="/data/silent"'
if ((status != 0 || failed)); then
    echo "guest status $status"
    cat "$work/out" "$work/dmesg"
    exit 1
fi
echo "the AppArmor kernel allows, refuses and logs as the profile says"
