# Completion of profgen for fish: what `profgen completions fish` prints.

# True when the command on the line is $argv[1] and no -- stands behind it.
function __profgen_at
    set -l words (commandline -opc)
    set -e words[1]
    contains -- -- $words; and return 1
    for word in $words
        string match -q -- '-*' $word; or break
    end
    string match -q -- '-*' $word; and set -l word
    test "$word" = $argv[1]
end

# Completes the program behind the -- of a command in $argv.
function __profgen_program
    set -l words (commandline -opc)
    set -l at (contains -i -- -- $words); or return
    contains -- "$words[2]" $argv; or return
    set -l rest $words[(math $at + 1)..] (commandline -ct)
    complete -C "$rest"
end

complete -c profgen -f
complete -c profgen -n '__profgen_at ""' -a completions -d 'Print a completion script for bash, zsh or fish'
complete -c profgen -n '__profgen_at ""' -a help -d 'Explain a command'
complete -c profgen -a '(__profgen_program)'
complete -c profgen -n '__profgen_at ""' -s V -l version -d 'Print the version and exit'
complete -c profgen -n '__profgen_at ""' -s h -l help -d 'Print this help and exit'
complete -c profgen -n '__profgen_at completions' -s h -l help -d 'Print this help and exit'
complete -c profgen -n '__profgen_at completions' -a 'bash zsh fish'
complete -c profgen -n '__profgen_at help' -s h -l help -d 'Print this help and exit'
complete -c profgen -n '__profgen_at help' -a 'completions help'
