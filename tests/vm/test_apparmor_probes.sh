#!/bin/bash
# Every row of profiles/apparmor-probes.csv is tried in the AppArmor kernel: unconfined, under a profile that allows everything and
# one that allows nothing, under the default profiles of Docker, Podman and containerd, and under the two forms that profgen emits.
# What happens is what the evaluator says: where it allows, the kernel answers as it does unconfined.
#
#   test_apparmor_probes.sh TRY VERDICTS PROBES
set -u
here=$(cd "$(dirname "$0")" && pwd)
profgen=${PROFGEN:-$here/../../build/profgen}
try=${1:?the aa_try program}
verdicts=${2:?the aa_verdicts program}
probes=${3:?the aa_probes program}
if why=$("$here/vm.sh" missing); then
    echo "SKIPPED: $why"
    exit 77
fi
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $1" && exit 1; }
mkdir "$work/profiles"

printf 'profile everything flags=(attach_disconnected) {\n  / r,\n  /** rwlkm,\n  /** ix,\n  capability,\n  network,\n}\n' >"$work/profiles/everything"
printf 'profile nothing flags=(attach_disconnected) {\n  capability,\n  network,\n}\n' >"$work/profiles/nothing"
for engine in docker podman containerd; do
    "$probes" default "$engine" >"$work/default" || fail "$engine has no profile"
    name=$(sed -n -E 's/^profile "?([^" ]+).*/\1/p' "$work/default")
    mv "$work/default" "$work/profiles/$name"
done
"$profgen" trace -q -o "$work/recording" -- /bin/cat /etc/hostname >/dev/null || fail 'cat was not recorded'
for mode in deny allow; do
    "$profgen" emit --name "emitted-$mode" --apparmor-mode="$mode" --apparmor="$work/profiles/emitted-$mode" "$work/recording" 2>"$work/said" ||
        { cat "$work/said" && fail "no $mode-list was emitted"; }
done

mapfile -t names < <(cd "$work/profiles" && printf '%s\n' *)
"$probes" cases "${names[@]}" >"$work/cases" || fail 'there are no cases'
rows=$(awk '!/^#/ && NF' "$here/../../profiles/apparmor-probes.csv" | wc -l)
[[ $("$probes" count) == $((rows - 1)) ]] || fail "$("$probes" count) probes, and the table has $((rows - 1))"
options=()
for name in "${names[@]}"; do options+=(--profile "$work/profiles/$name"); done
"$here/vm.sh" run "${options[@]}" --file "$try:/aa_try" --file "$work/cases:/cases" --command '/aa_try </cases' >"$work/kernel"
status=$?
if ((status != 0)) || [[ $(wc -l <"$work/kernel") != $(wc -l <"$work/cases") ]]; then
    cat "$work/kernel"
    fail "the guest ended with $status before every case was tried"
fi
grep -v -e '^unconfined ' -e '^[^ ]* c ' "$work/cases" >"$work/asked"
"$verdicts" "$work/profiles" <"$work/asked" >"$work/evaluator" || fail 'the evaluator could not answer'

# Unconfined nothing is refused, or the case would show nothing.
grep -E '^unconfined .* (refused|not-made-|error-(1|2|13|20[01])$)' "$work/kernel" && fail 'these mean nothing, even unconfined'
awk '
    FILENAME ~ /evaluator$/ { says[$1 " " $2 " " $4] = $5; next }
    $2 == "c" { connections++; connected += $5 == "allowed"; next }
    $1 == "unconfined" { free[$2 " " $4] = $5; next }
    {
        said = says[$1 " " $2 " " $4]
        due = said == "allowed" ? free[$2 " " $4] : said
        tried[$1]++
        if (said == "refused") refused[$1]++
        if (due == "" || $5 != due) { print "FAIL: " $0 ", the evaluator says " said ", unconfined it is " free[$2 " " $4]; failed = 1 }
    }
    END {
        for (name in tried) { printf "%s: %d tried, %d refused\n", name, tried[name], refused[name]; total += tried[name]; all += refused[name] }
        printf "%d of %d connections to the sockets were let in: this kernel judges them by the network rules, never by the path\n",
            connected, connections
        printf "%d probes, %d accesses tried confined, %d refused, as evaluated\n", length(free), total, all
        exit failed || !all || all == total
    }' "$work/evaluator" "$work/kernel" || fail 'the evaluator and the kernel do not agree'
