#!/bin/bash
# AppArmor policy compiled by apparmor_parser and loaded into the kernel, which is asked for its own decision about many thousands of
# paths: they are the evaluator's, permission by permission, for the owner of a file and for others.
#
#   test_corpus.sh RULES CORPUS QUERY PROBES
#
# Of each profile RULES patterns, chosen at random, give the paths. The files are all that Debian's packages apparmor and
# apparmor-profiles install, the default profiles of container engines (PROBES is the aa_probes program), and both forms of
# what profgen emits of the recordings in testdata, with complement patterns that nobody writes by hand.
set -u
here=$(cd "$(dirname "$0")" && pwd)
rules=${1:?how many rules of a profile}
corpus=${2:?the aa_corpus program}
query=${3:?the aa_query program}
probes=${4:?the aa_probes program}
profgen=${PROFGEN:-$here/../../build/profgen}
skip() { echo "SKIPPED: $1" && exit 77; }
if why=$("$here/vm.sh" missing); then skip "$why"; fi
PATH=$PATH:/usr/sbin:/sbin
mapfile -t files < <(find /etc/apparmor.d /usr/share/apparmor/extra-profiles -type f \
    -not -path '*/abi/*' -not -path '*/abstractions/*' -not -path '*/tunables/*' -not -path '*/local/*' -not -path '*/cache*' \
    -not -path '/etc/apparmor.d/apache2.d/*' -not -name README 2>/dev/null | sort)
((${#files[@]} > 100)) || skip 'apparmor-profiles is not installed'
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL: $1" && exit 1; }
mkdir "$work/policy"
shipped=${#files[@]}

for engine in docker podman containerd; do
    "$probes" default "$engine" >"$work/$engine" || fail "$engine has no profile"
    files+=("$work/$engine")
done
while read -r recording; do
    for mode in deny allow; do
        file=$work/emitted-${#files[@]}
        # Some are there to be refused.
        "$profgen" emit --name "emitted-${#files[@]}" --apparmor-mode="$mode" --apparmor="$file" "$recording" 2>/dev/null
        [[ ! -s $file ]] || files+=("$file")
    done
done < <(grep -l '"schema": *"profgen-recording' "$here"/../../testdata/golden/*/*.json | xargs sha256sum | sort -u -k1,1 | cut -c67- | sort)
((${#files[@]} > shipped + 13)) || fail "only $((${#files[@]} - shipped)) profiles were emitted"

# Compiled here, where it is faster, for the features that the guest is given.
compile()
{
    timeout 60 apparmor_parser -Q -K -M /usr/share/apparmor-features/features --ofile "$1" "$2" 2>"$1.said" ||
        { echo "FAIL: apparmor_parser refuses $2: $(tail -1 "$1.said")" && return 1; }
    rm "$1.said"
}
export -f compile
for i in "${!files[@]}"; do printf '%s\0%s\0' "$work/policy/$i" "${files[i]}"; done |
    xargs -0 -P2 -n2 bash -c 'compile "$@"' compile || exit 1
echo "$shipped files of Debian's, $((${#files[@]} - shipped)) others"
"$corpus" cases "$rules" "${files[@]}" >"$work/cases" || fail 'there are no cases'
"$here/vm.sh" run --file "$query:/query" --file "$work/cases:/cases" --dir "$work/policy:/policy" \
    --command '/query </cases' >"$work/answers"
status=$?
((status == 0)) || { tail -3 "$work/answers" && fail "the guest ended with $status"; }
"$corpus" check "$work/cases" "$work/answers" "${files[@]}"
