#!/bin/bash
# usage: test_capabilities.sh
# What a recording shows to be needed, the AppArmor profile made of it does not deny, and the rest it does.
set -u
. "$(dirname "$0")/lib.sh"

need_profgen
[ "$(id -u)" = 0 ] || skip "only root has capabilities to show"
[ -n "$PYTHON" ] || skip "python3 is not installed"
[ -x "$HOSTILE/capabilities" ] || skip "hostile/capabilities was not built"
make_scratch
cd "$scratch" || exit 1

"$PROFGEN" trace -o recording.json -- "$HOSTILE/capabilities" >/dev/null 2>trace.err 9>&- ||
    fail "trace: $(tail -3 trace.err)"
"$PROFGEN" emit --apparmor=profile recording.json 2>emit.err || fail "emit: $(cat emit.err)"

# NUMBER CALL of each fact, and the names by number.
"$PYTHON" - recording.json <<'EOF' >needed
import json, sys
for fact in json.load(open(sys.argv[1]))["facts"]:
    if fact["kind"] == "capability":
        print(fact["value"], fact["subject"])
EOF
problems=0
shown=0
cut -d' ' -f1 needed | sort -nu >numbers
while read -r number; do
    name=$(sed -n "s/^CAP_\([A-Z_]*\),$number,.*/\L\1/p" "$here/../../profiles/capabilities.csv")
    shown=$((shown + 1))
    if grep -q "deny capability $name," profile; then
        echo "$name is denied, though $(grep -m1 "^$number " needed | cut -d' ' -f2) needed it"
        problems=1
    fi
done <numbers
for name in sys_module sys_boot mac_admin sys_pacct; do
    grep -q "deny capability $name," profile || { echo "$name is not denied, and nothing needed it"; problems=1; }
done
denied=$(grep -c '^ *deny capability' profile)
[ "$shown" -ge 12 ] || { echo "only $shown capabilities were shown to be needed"; problems=1; }
[ $((shown + denied)) -eq 41 ] || { echo "$shown capabilities needed and $denied denied: not all 41"; problems=1; }
[ "$problems" = 0 ] || fail "the profile does not follow the recording"
echo "$shown capabilities needed, $denied denied"
