# Reads strace -f output, prints the calls made under the seccomp filter that was loaded last, one a line: those of the
# thread that loaded it and of what it created later, up to the execve that succeeds. Nothing when none did.
function name_of(text) { sub(/\(.*/, "", text); return text }
$2 ~ /^(seccomp|prctl)\(/ && /(SECCOMP_SET_MODE_FILTER|PR_SET_SECCOMP, SECCOMP_MODE_FILTER).*filter=0x/ {
    delete under; under[$1] = 1; loaded = 1; split("", seen); next
}
!loaded || !($1 in under) || $2 == "<..." && !/execve resumed/ && !/clone3? resumed/ { next }
$2 ~ /^[a-z_0-9]+\(/ { seen[name_of($2)] = 1 }
/(clone|clone3|fork|vfork)(\(| resumed)/ && $(NF - 1) == "=" && $NF > 0 { under[$NF] = 1 }
/execve(\(| resumed)/ && / = 0$/ { done = 1; exit }
END { if (done) for (call in seen) print call }
