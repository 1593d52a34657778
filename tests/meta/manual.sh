#!/bin/bash
# The options in man/profgen.1 are those that the commands have: same names, same placeholders.
set -euo pipefail
page=$1/man/profgen.1
profgen=$2/profgen

# "COMMAND OPTION" as --help has it. --help itself stands once in the page.
from_help()
{
    local command
    {
        "$profgen" --help | sed 's/^/profgen /'
        for command in "${commands[@]}"; do
            "$profgen" "$command" --help | sed "s/^/$command /"
        done
    } | sed -nE 's/^([a-z]+)  +((-[A-Za-z0-9], )?--[a-z0-9-]+(\[=[^]]*\]| [^ ]+)?)(  .*)?$/\1 \2/p' |
        awk '$1 == "profgen" || !/ --help$/'
}

# The same from lines like ".It Fl o , Fl -output Ar FILE" below ".Ss profgen COMMAND".
from_page()
{
    awk '
        /^\.Sh / { command = "profgen" }
        /^\.Ss profgen / { command = $3 }
        /^\.It Fl / { sub(/^\.It /, ""); print command, $0 }' "$page" |
        sed -E 's/Fl -([a-z0-9-]+)/--\1/g; s/Fl ([A-Za-z0-9])/-\1/g; s/ , /, /g
            s/ Ns Op = Ns Ar (.*)$/[=\1]/; s/ Ar / /g'
}

mapfile -t commands < <("$profgen" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\).*/\1/p')
bad=0
for command in "${commands[@]}"; do
    grep -qx "\.Ss profgen $command" "$page" || { echo "man/profgen.1 has no section on $command"; bad=1; }
done
while read -r command; do
    [[ " ${commands[*]} " == *" $command "* ]] || { echo "man/profgen.1 explains $command, which is no command"; bad=1; }
done < <(sed -n 's/^\.Ss profgen //p' "$page")
if ! diff -u --label 'man/profgen.1' --label 'profgen --help' <(from_page | sort) <(from_help | sort); then
    echo 'The options of the manual page are not those of the program.'
    bad=1
fi
exit "$bad"
