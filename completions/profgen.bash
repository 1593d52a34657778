# shellcheck shell=bash
# Completion of profgen for bash: what `profgen completions bash` prints.

# The options of command $1.
_profgen_options()
{
    case $1 in
    '') echo '--version -V --help -h' ;;
    'trace') echo '--output -o --attach -p --container --timeout -t --phase-after --method --no-pin --force -f --quiet -q --help -h' ;;
    'emit') echo '--seccomp -s --apparmor -a --format --name -n --runtime -r --siblings --arg-filters --clone3 --target-libseccomp --apparmor-mode --generalise --for --container --workload --runtime-class --margin --force -f --help -h' ;;
    'verify') echo '--seccomp -s --apparmor -a --profile --log -l --save --capabilities --kernel --runtime --format --output -o --strict --timeout -t --force -f --help -h' ;;
    'run') echo '--seccomp -s --apparmor -a --runtime --strict --quiet -q --help -h' ;;
    'audit') echo '--format -f --fail-on --severity --pss --only --skip --rules --exclude --profile-root --recording --baseline --write-baseline --config -c --no-config --strict --jobs -j --verbose -v --force --help -h' ;;
    'advise') echo '--format --margin --help -h' ;;
    'explain') echo '--list -l --rules --format --help -h' ;;
    'show') echo '--syscalls --paths --capabilities --default --format --help -h' ;;
    'merge') echo '--output -o --force -f --help -h' ;;
    'diff') echo '--format --help -h' ;;
    'completions') echo '--help -h' ;;
    'help') echo '--help -h' ;;
    *)  ;;
    esac
}

# What the option in "$1", a command and an option, takes.
_profgen_value()
{
    case $1 in
    'trace --output' | 'trace -o') echo 'required file' ;;
    'trace --attach' | 'trace -p') echo 'required nothing' ;;
    'trace --container') echo 'required nothing' ;;
    'trace --timeout' | 'trace -t') echo 'required nothing' ;;
    'trace --phase-after') echo 'required nothing' ;;
    'trace --method') echo 'required words auto seccomp stops' ;;
    'emit --seccomp' | 'emit -s') echo 'optional file' ;;
    'emit --apparmor' | 'emit -a') echo 'optional file' ;;
    'emit --format') echo 'required words seccomp oci bpf pfc systemd apparmor pod-patch spo compose' ;;
    'emit --name' | 'emit -n') echo 'required nothing' ;;
    'emit --runtime' | 'emit -r') echo 'required nothing' ;;
    'emit --siblings') echo 'required words all none' ;;
    'emit --arg-filters') echo 'required words all none' ;;
    'emit --clone3') echo 'required words fallback allow' ;;
    'emit --target-libseccomp') echo 'required nothing' ;;
    'emit --apparmor-mode') echo 'required words deny allow' ;;
    'emit --generalise') echo 'required nothing' ;;
    'emit --for') echo 'required file' ;;
    'emit --container') echo 'required nothing' ;;
    'emit --workload') echo 'required nothing' ;;
    'emit --runtime-class') echo 'required nothing' ;;
    'emit --margin') echo 'required nothing' ;;
    'verify --seccomp' | 'verify -s') echo 'required file' ;;
    'verify --apparmor' | 'verify -a') echo 'required file' ;;
    'verify --profile') echo 'required nothing' ;;
    'verify --log' | 'verify -l') echo 'required file' ;;
    'verify --save') echo 'required file' ;;
    'verify --capabilities') echo 'required nothing' ;;
    'verify --kernel') echo 'required nothing' ;;
    'verify --runtime') echo 'required words runc crun' ;;
    'verify --format') echo 'required words text json' ;;
    'verify --output' | 'verify -o') echo 'required file' ;;
    'verify --timeout' | 'verify -t') echo 'required nothing' ;;
    'run --seccomp' | 'run -s') echo 'required file' ;;
    'run --apparmor' | 'run -a') echo 'required nothing' ;;
    'run --runtime') echo 'required words runc crun' ;;
    'audit --format' | 'audit -f') echo 'required words text json sarif junit github markdown' ;;
    'audit --fail-on') echo 'required words info low medium high critical never' ;;
    'audit --severity') echo 'required words info low medium high critical' ;;
    'audit --pss') echo 'required words baseline restricted' ;;
    'audit --only') echo 'required nothing' ;;
    'audit --skip') echo 'required nothing' ;;
    'audit --rules') echo 'required directory' ;;
    'audit --exclude') echo 'required nothing' ;;
    'audit --profile-root') echo 'required directory' ;;
    'audit --recording') echo 'required file' ;;
    'audit --baseline') echo 'required file' ;;
    'audit --write-baseline') echo 'required file' ;;
    'audit --config' | 'audit -c') echo 'required file' ;;
    'audit --jobs' | 'audit -j') echo 'required nothing' ;;
    'advise --format') echo 'required words text json' ;;
    'advise --margin') echo 'required nothing' ;;
    'explain --rules') echo 'required directory' ;;
    'explain --format') echo 'required words text json' ;;
    'show --capabilities') echo 'required nothing' ;;
    'show --default') echo 'required words docker podman containerd' ;;
    'show --format') echo 'required words text json seccomp apparmor' ;;
    'merge --output' | 'merge -o') echo 'required file' ;;
    'diff --format') echo 'required words text json' ;;
    *)  ;;
    esac
}

# What command $1 works on.
_profgen_operands()
{
    case $1 in
    '') echo 'words trace emit verify run audit advise explain show merge diff completions help' ;;
    'trace') echo 'command' ;;
    'emit') echo 'file' ;;
    'verify') echo 'file' ;;
    'run') echo 'command' ;;
    'audit') echo 'file' ;;
    'advise') echo 'file' ;;
    'explain') echo 'nothing' ;;
    'show') echo 'file' ;;
    'merge') echo 'file' ;;
    'diff') echo 'file' ;;
    'completions') echo 'words bash zsh fish' ;;
    'help') echo 'words trace emit verify run audit advise explain show merge diff completions help' ;;
    *)  ;;
    esac
}

# Whether a program stands behind the -- of command $1.
_profgen_runs_program()
{
    case $1 in
    'trace') return 0 ;;
    'verify') return 0 ;;
    'run') return 0 ;;
    *) return 1 ;;
    esac
}

# Offers what begins like the word at the cursor: files, programs or the words $2...
_profgen_reply()
{
    local kind=$1
    shift
    case $kind in
    file) compopt -o filenames && mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    directory) compopt -o filenames && mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
    command) mapfile -t COMPREPLY < <(compgen -c -- "$cur") ;;
    words) mapfile -t COMPREPLY < <(compgen -W "$*" -- "$cur") ;;
    esac
}

# A program and its arguments, from word number $1 on.
_profgen_program()
{
    if declare -F _command_offset >/dev/null; then
        _command_offset "$1"
    elif ((COMP_CWORD == $1)); then
        _profgen_reply command
    else
        _profgen_reply file
    fi
}

_profgen()
{
    local cur=${COMP_WORDS[COMP_CWORD]} command='' option='' value='' i
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        if [[ ${COMP_WORDS[i]} == -- ]] && _profgen_runs_program "$command"; then
            _profgen_program $((i + 1))
            return
        elif [[ ${COMP_WORDS[i]} == -* ]]; then
            option=${COMP_WORDS[i]}
            value=$(_profgen_value "$command $option")
            # Bash takes --name=value apart into three words.
            if [[ ${COMP_WORDS[i + 1]} == = ]]; then
                ((i += 2))
                [[ ${COMP_WORDS[COMP_CWORD]} == = ]] && cur=''
            elif [[ $value == required* ]]; then
                ((i += 1))
            else
                continue
            fi
            if ((i >= COMP_CWORD)); then
                # shellcheck disable=SC2086 # the table's words are parted here
                _profgen_reply ${value#* }
                return
            fi
        elif [[ -z $command ]]; then
            command=${COMP_WORDS[i]}
        elif [[ $(_profgen_operands "$command") == command ]]; then
            _profgen_program "$i"
            return
        fi
    done
    if [[ $cur == -* ]]; then
        _profgen_reply words "$(_profgen_options "$command")"
    else
        # shellcheck disable=SC2046 # the table's words are parted here
        _profgen_reply $(_profgen_operands "$command")
    fi
}

complete -F _profgen profgen
