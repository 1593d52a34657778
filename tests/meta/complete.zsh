#!/usr/bin/zsh
# usage: complete.zsh DIRECTORY LINE
# Types LINE and a tab into an interactive zsh that has DIRECTORY/_profgen; prints what is offered, one a line.
zmodload zsh/zpty
directory=${1:a}
line=$2

# compadd adds the matches: -O asks it for those that fit, and only a call that does add is shown.
setup='
PS1="<ready>" RPS1=
fpath=('${(q)directory}' $fpath)
autoload -Uz compinit
compinit -D -u
unsetopt beep prompt_sp prompt_cr
compadd() {
    if (( ! ${@[(I)-[OAD]*]} )); then
        local -a fitting
        builtin compadd -O fitting "$@"
        (( $#fitting )) && print -rl -- "<"${^fitting}">"
    fi
    builtin compadd "$@"
}
bindkey "^I" complete-word
'
output='' before=''
# Reads on until the output holds $1, and forgets what stands before.
await() {
    local chunk
    integer tries
    for tries in {1..600}; do
        while zpty -rt shell chunk; do
            output+=$chunk
        done
        if [[ $output == *$1* ]]; then
            before=${output%%$1*}
            output=${output#*$1}
            return
        fi
        sleep 0.02
    done
    print -u2 -r -- "no $1 within 12 seconds: $output"
    exit 1
}

zpty shell zsh -f -i
zpty -w shell "eval ${(qqqq)setup}; print '<be''gin>'"
# Before its prompt is there, zsh leaves the keys to the terminal, which knows other ones.
await '<begin>'
await '<ready>'
zpty -n -w shell "$line"$'\t\025'
zpty -w shell "print '<e''nd>'"
await '<end>'
zpty -d shell
print -r -- $before | tr -d '\r' | grep -o "<[^<>']*>" | tr -d '<>' | grep -vx ready | sort -u
