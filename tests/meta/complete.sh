#!/bin/bash
# The completion scripts offer, in each shell, what the table of commands has.
set -euo pipefail
source_dir=$1
profgen=$2/profgen
cd "$source_dir"
bad=0

# complain SHELL LINE WANTED GOT
complain()
{
    echo "$1: completing \"$2\" should offer $3; it offers: ${4:-nothing}"
    bad=1
}

# wants FUNCTION LINE WORD: what FUNCTION offers behind LINE must hold WORD.
wants()
{
    local got
    got=$("$1" "$2")
    grep -qxF -e "$3" <<<"$got" || complain "$1" "$2" "$3" "$(tr '\n' ' ' <<<"$got")"
}

in_bash()
{
    # Readline's own words: it parts --name=value in three.
    bash --norc -c '
        source ./completions/profgen.bash
        compopt() { :; }
        line=$1
        read -ra COMP_WORDS <<<"${line//=/ = }"
        [[ $line != *" " && $line != *= ]] || COMP_WORDS+=("")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _profgen
        printf "%s\n" "${COMPREPLY[@]}"' bash "$1"
}

in_fish()
{
    # shellcheck disable=SC2016 # for fish to expand
    fish --no-config -c 'source ./completions/profgen.fish; complete -C $argv[1]' "$1" | cut -f1
}

# Prints the words that the completion system of a real interactive zsh lists.
in_zsh()
{
    zsh -f tests/meta/complete.zsh completions "$1"
}

all_in()
{
    local shell=$1 command option
    wants "$shell" 'profgen -' --version
    while read -r command; do
        wants "$shell" 'profgen ' "$command"
        while read -r option; do
            wants "$shell" "profgen $command --${option:2:2}" "$option"
        done < <("$profgen" "$command" --help | sed -nE 's/^ +(-., )?(--[a-z0-9-]+).*/\2/p')
    done < <("$profgen" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\).*/\1/p')
    wants "$shell" 'profgen completions f' fish
    wants "$shell" 'profgen trace --method s' seccomp
    wants "$shell" 'profgen trace -o LICEN' LICENSE
    wants "$shell" 'profgen trace basena' basename
    wants "$shell" 'profgen trace -- basena' basename
    wants "$shell" 'profgen trace -q -- cat LICEN' LICENSE
    wants "$shell" 'profgen help comp' completions
}

skipped=()
for shell in bash zsh fish; do
    if command -v "$shell" >/dev/null; then
        all_in "in_$shell"
    else
        skipped+=("$shell")
    fi
done
((bad == 0)) || exit 1
if ((${#skipped[@]})); then
    echo "SKIPPED: ${skipped[*]} missing (packages of the same names); the other shells passed"
    exit 77
fi
