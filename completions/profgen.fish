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
complete -c profgen -n '__profgen_at ""' -a trace -d 'Record the system calls and file access of a workload'
complete -c profgen -n '__profgen_at ""' -a emit -d 'Write seccomp and AppArmor profiles from recordings'
complete -c profgen -n '__profgen_at ""' -a verify -d 'Say what profiles would deny, or what logs say was denied'
complete -c profgen -n '__profgen_at ""' -a run -d 'Run a command confined by profiles, as a container would be'
complete -c profgen -n '__profgen_at ""' -a audit -d 'Find what breaks isolation in manifests and configurations'
complete -c profgen -n '__profgen_at ""' -a advise -d 'Say where a workload could run, and what that would cost'
complete -c profgen -n '__profgen_at ""' -a explain -d 'Explain a rule of the audit, a capability or a system call'
complete -c profgen -n '__profgen_at ""' -a show -d 'Print a recording, or how broad profiles are'
complete -c profgen -n '__profgen_at ""' -a merge -d 'Unite recordings of several runs into one'
complete -c profgen -n '__profgen_at ""' -a diff -d 'Compare profiles or recordings by what they allow or did'
complete -c profgen -n '__profgen_at ""' -a completions -d 'Print a completion script for bash, zsh or fish'
complete -c profgen -n '__profgen_at ""' -a help -d 'Explain a command'
complete -c profgen -a '(__profgen_program trace verify run)'
complete -c profgen -n '__profgen_at ""' -s V -l version -d 'Print the version and exit'
complete -c profgen -n '__profgen_at ""' -s h -l help -d 'Print this help and exit'
complete -c profgen -n '__profgen_at trace' -s o -l output -r -F -d 'Write the recording to FILE (default: profgen-recording.json)'
complete -c profgen -n '__profgen_at trace' -s p -l attach -r -d 'Attach to all threads of a running process; may be given again'
complete -c profgen -n '__profgen_at trace' -l container -r -d 'Attach to every process of a running container'
complete -c profgen -n '__profgen_at trace' -s t -l timeout -r -d 'End the recording after TIME (30s, 2m): ask the workload to end, or detach'
complete -c profgen -n '__profgen_at trace' -l phase-after -r -d 'Count what happens after TIME as serving, not as start-up'
complete -c profgen -n '__profgen_at trace' -l method -r -a 'auto seccomp stops' -d 'How to stop the workload; seccomp is fast, stops is plain ptrace'
complete -c profgen -n '__profgen_at trace' -l no-pin -d 'Never keep the workload on the tracer\'s processor'
complete -c profgen -n '__profgen_at trace' -s f -l force -d 'Replace FILE even if it is not a recording'
complete -c profgen -n '__profgen_at trace' -s q -l quiet -d 'Print no progress and no summary'
complete -c profgen -n '__profgen_at trace' -s h -l help -d 'Print this help and exit'
complete -c profgen -n '__profgen_at trace' -a '(__fish_complete_command)'
complete -c profgen -n '__profgen_at emit' -s s -l seccomp -F -d 'Write the seccomp profile, to ./seccomp.json when FILE is not given'
complete -c profgen -n '__profgen_at emit' -s a -l apparmor -F -d 'Write the AppArmor profile, to ./apparmor.profile when FILE is not given'
complete -c profgen -n '__profgen_at emit' -l format -r -a 'seccomp oci bpf pfc systemd apparmor pod-patch spo compose' -d 'Write another format; may be given again'
complete -c profgen -n '__profgen_at emit' -s n -l name -r -d 'Call the profile NAME instead of profgen- and the program\'s name'
complete -c profgen -n '__profgen_at emit' -s r -l runtime -r -d 'Allow what these container runtimes need to start: runc,crun, all (the default) or none'
complete -c profgen -n '__profgen_at emit' -l siblings -r -a 'all none' -d 'Allow calls that give no more power than an observed one, all by default'
complete -c profgen -n '__profgen_at emit' -l arg-filters -r -a 'all none' -d 'Allow calls with recorded arguments only, all that can be by default'
complete -c profgen -n '__profgen_at emit' -l clone3 -r -a 'fallback allow' -d 'Answer a recorded clone3 with ENOSYS, so that callers use clone (the default), or allow it'
complete -c profgen -n '__profgen_at emit' -l target-libseccomp -r -d 'Leave out names that this libseccomp release cannot know, such as 2.5.4'
complete -c profgen -n '__profgen_at emit' -l apparmor-mode -r -a 'deny allow' -d 'Deny what is dangerous and was not needed (the default), or allow only what was recorded'
complete -c profgen -n '__profgen_at emit' -l generalise -r -d 'Turn variable parts of paths into patterns: all (the default), none, or names parted by commas'
complete -c profgen -n '__profgen_at emit' -l for -r -F -d 'Fit pod-patch or compose to the workload in MANIFEST: its kind, name, container and what is mounted'
complete -c profgen -n '__profgen_at emit' -l container -r -d 'Fit the container, or the service, called NAME: the only one of MANIFEST, or the program\'s name'
complete -c profgen -n '__profgen_at emit' -l workload -r -d 'Write pod-patch for a workload of this KIND, such as CronJob; a Deployment by default'
complete -c profgen -n '__profgen_at emit' -l runtime-class -r -d 'Name this RuntimeClass; by default the one that profgen advise would, if it is more than plain runc'
complete -c profgen -n '__profgen_at emit' -l margin -r -d 'Put limits PERCENT above the observed peaks, 50 unless given'
complete -c profgen -n '__profgen_at emit' -s f -l force -d 'Replace files that profgen did not write or that were changed since'
complete -c profgen -n '__profgen_at emit' -s h -l help -d 'Print this help and exit'
complete -c profgen -n '__profgen_at emit' -F
complete -c profgen -n '__profgen_at verify' -s s -l seccomp -r -F -d 'Ask this seccomp profile, in the form of Docker, Podman or OCI'
complete -c profgen -n '__profgen_at verify' -s a -l apparmor -r -F -d 'Ask this AppArmor profile'
complete -c profgen -n '__profgen_at verify' -l profile -r -d 'The profile of the AppArmor file to ask, where it holds several, and of a log to look at alone'
complete -c profgen -n '__profgen_at verify' -s l -l log -r -F -d 'Read an audit or kernel log (- for standard input) instead of recordings; repeatable'
complete -c profgen -n '__profgen_at verify' -l save -r -F -d 'Write what the logs show to FILE as a recording, for merge and emit'
complete -c profgen -n '__profgen_at verify' -l capabilities -r -d 'What the container has, for includes and excludes: docker (the default), all, none, or names'
complete -c profgen -n '__profgen_at verify' -l kernel -r -d 'The kernel it will run on, for minKernel; the recording\'s by default'
complete -c profgen -n '__profgen_at verify' -l runtime -r -a 'runc crun' -d 'Who loads the seccomp profile, runc by default'
complete -c profgen -n '__profgen_at verify' -l format -r -a 'text json' -d 'Report as text or as JSON'
complete -c profgen -n '__profgen_at verify' -s o -l output -r -F -d 'Write the report to FILE; by default to standard output, or to standard error with a COMMAND'
complete -c profgen -n '__profgen_at verify' -l strict -d 'Fail when something cannot be told from what was recorded or logged'
complete -c profgen -n '__profgen_at verify' -s t -l timeout -r -d 'Ask the COMMAND to end after TIME (30s, 2m)'
complete -c profgen -n '__profgen_at verify' -s f -l force -d 'Replace FILE even if profgen did not write it'
complete -c profgen -n '__profgen_at verify' -s h -l help -d 'Print this help and exit'
complete -c profgen -n '__profgen_at verify' -F
complete -c profgen -n '__profgen_at run' -s s -l seccomp -r -F -d 'Load this seccomp profile, in the form of Docker, Podman or OCI'
complete -c profgen -n '__profgen_at run' -s a -l apparmor -r -d 'Execute COMMAND under the AppArmor profile of that name, which is loaded'
complete -c profgen -n '__profgen_at run' -l runtime -r -a 'runc crun' -d 'Load the seccomp profile as this one does, runc by default'
complete -c profgen -n '__profgen_at run' -l strict -d 'Refuse a seccomp profile with names that no call has'
complete -c profgen -n '__profgen_at run' -s q -l quiet -d 'Say nothing about names that are passed over'
complete -c profgen -n '__profgen_at run' -s h -l help -d 'Print this help and exit'
complete -c profgen -n '__profgen_at run' -a '(__fish_complete_command)'
complete -c profgen -n '__profgen_at audit' -s f -l format -r -a 'text json sarif junit github markdown' -d 'Report as text (the default), json, sarif, junit, github or markdown; may be given again'
complete -c profgen -n '__profgen_at audit' -l fail-on -r -a 'info low medium high critical never' -d 'Exit with 1 when a finding is at or above SEVERITY: high by default, any with --pss, or never'
complete -c profgen -n '__profgen_at audit' -l severity -r -a 'info low medium high critical' -d 'Report only findings at or above SEVERITY'
complete -c profgen -n '__profgen_at audit' -l pss -r -a 'baseline restricted' -d 'Judge pods by this Pod Security level alone, as of Kubernetes VERSION, such as restricted@1.29'
complete -c profgen -n '__profgen_at audit' -l only -r -d 'Apply only these rules, by id or name, with * for any; may be given again'
complete -c profgen -n '__profgen_at audit' -l skip -r -d 'Leave out these rules; may be given again'
complete -c profgen -n '__profgen_at audit' -l rules -r -a '(__fish_complete_directories)' -d 'Add the rules in DIR; may be given again'
complete -c profgen -n '__profgen_at audit' -l exclude -r -d 'Leave out files in directories that match PATTERN, as in .gitignore; may be given again'
complete -c profgen -n '__profgen_at audit' -l profile-root -r -a '(__fish_complete_directories)' -d 'Look for the profiles that containers name in DIR, laid out as /var/lib/kubelet/seccomp, not beside the files'
complete -c profgen -n '__profgen_at audit' -l recording -r -F -d 'Hold what a container declares against what it used, as FILE recorded it; may be given again'
complete -c profgen -n '__profgen_at audit' -l baseline -r -F -d 'Accept the findings listed in FILE'
complete -c profgen -n '__profgen_at audit' -l write-baseline -r -F -d 'Write all findings to FILE, to be accepted from now on'
complete -c profgen -n '__profgen_at audit' -s c -l config -r -F -d 'Read the project\'s settings from FILE instead of ./.profgen.yaml'
complete -c profgen -n '__profgen_at audit' -l no-config -d 'Read no settings of the project'
complete -c profgen -n '__profgen_at audit' -l strict -d 'Exit with 2 when anything could not be read'
complete -c profgen -n '__profgen_at audit' -s j -l jobs -r -d 'Work on N files at once, as many as there are processors by default'
complete -c profgen -n '__profgen_at audit' -s v -l verbose -d 'In text, also tell why, what was accepted, and which files were passed over'
complete -c profgen -n '__profgen_at audit' -l force -d 'Replace files that are no reports of profgen'
complete -c profgen -n '__profgen_at audit' -s h -l help -d 'Print this help and exit'
complete -c profgen -n '__profgen_at audit' -F
complete -c profgen -n '__profgen_at advise' -l format -r -a 'text json' -d 'Print the advice as text or as JSON'
complete -c profgen -n '__profgen_at advise' -l margin -r -d 'Add PERCENT to the observed peaks, 50 unless given'
complete -c profgen -n '__profgen_at advise' -s h -l help -d 'Print this help and exit'
complete -c profgen -n '__profgen_at advise' -F
complete -c profgen -n '__profgen_at explain' -s l -l list -d 'List all rules with severity, layer, name and title'
complete -c profgen -n '__profgen_at explain' -l rules -r -a '(__fish_complete_directories)' -d 'Add the rules of DIR; may be given again'
complete -c profgen -n '__profgen_at explain' -l format -r -a 'text json' -d 'Print as text or as JSON'
complete -c profgen -n '__profgen_at explain' -s h -l help -d 'Print this help and exit'
complete -c profgen -n '__profgen_at show' -l syscalls -d 'Print one \'ABI NAME\' a line: the system calls it made'
complete -c profgen -n '__profgen_at show' -l paths -d 'Print one \'ACCESS PATH\' a line: what it did to which path'
complete -c profgen -n '__profgen_at show' -l capabilities -r -d 'Judge profiles for a container with these: names, docker (the default), all or none'
complete -c profgen -n '__profgen_at show' -l default -r -a 'docker podman containerd' -d 'Show the default profiles of docker, podman or containerd; may be given again'
complete -c profgen -n '__profgen_at show' -l format -r -a 'text json seccomp apparmor' -d 'Print as text or json; one profile also as the file it is: seccomp, apparmor'
complete -c profgen -n '__profgen_at show' -s h -l help -d 'Print this help and exit'
complete -c profgen -n '__profgen_at show' -F
complete -c profgen -n '__profgen_at merge' -s o -l output -r -F -d 'Write the union to FILE'
complete -c profgen -n '__profgen_at merge' -s f -l force -d 'Replace FILE when it is there'
complete -c profgen -n '__profgen_at merge' -s h -l help -d 'Print this help and exit'
complete -c profgen -n '__profgen_at merge' -F
complete -c profgen -n '__profgen_at diff' -l format -r -a 'text json' -d 'Print as text or as JSON'
complete -c profgen -n '__profgen_at diff' -s h -l help -d 'Print this help and exit'
complete -c profgen -n '__profgen_at diff' -F
complete -c profgen -n '__profgen_at completions' -s h -l help -d 'Print this help and exit'
complete -c profgen -n '__profgen_at completions' -a 'bash zsh fish'
complete -c profgen -n '__profgen_at help' -s h -l help -d 'Print this help and exit'
complete -c profgen -n '__profgen_at help' -a 'trace emit verify run audit advise explain show merge diff completions help'
