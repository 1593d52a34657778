#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "model/recording.h"

/* The spellings of recording files; man/profgen-recording.5 lists them. Each table is searched both ways. */

static unsigned find_name(const char *const *names, unsigned count, const char *name)
{
    for (unsigned i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return count;
}

static const char *const access_names[ACCESS_BITS] = {
    "read",  "write", "append", "create",   "truncate", "delete", "rename", "link", "chmod", "chown",   "mknod", "exec",
    "map-exec", "lock", "probe", "stat", "list", "chdir", "settime", "xattr", "connect", "bind", "inherit",
};

const char *access_name(unsigned bit)
{
    assert(bit < ACCESS_BITS);
    return access_names[bit];
}

access_mask access_from_name(const char *name)
{
    unsigned bit = find_name(access_names, ACCESS_BITS, name);
    return bit == ACCESS_BITS ? 0 : (access_mask)1 << bit;
}

static const char *const file_type_names[FILE_TYPE_COUNT] = {
    [FILE_UNKNOWN] = "unknown", [FILE_REGULAR] = "regular",     [FILE_DIRECTORY] = "directory",
    [FILE_SYMLINK] = "symlink", [FILE_SOCKET] = "socket",       [FILE_FIFO] = "fifo",
    [FILE_CHARACTER] = "character", [FILE_BLOCK] = "block",
};

const char *file_type_name(enum file_type type)
{
    assert(type < FILE_TYPE_COUNT);
    return file_type_names[type];
}

enum file_type file_type_from_name(const char *name)
{
    return (enum file_type)find_name(file_type_names, FILE_TYPE_COUNT, name);
}

static const char *const fact_kind_names[FACT_KIND_COUNT] = {
    [FACT_SOCKET] = "socket",   [FACT_BIND] = "bind",           [FACT_CONNECT] = "connect",
    [FACT_LISTEN] = "listen",   [FACT_MOUNT] = "mount",         [FACT_UMOUNT] = "umount",
    [FACT_NAMESPACE] = "namespace", [FACT_ROOT] = "root",       [FACT_SIGNAL] = "signal",
    [FACT_PTRACE] = "ptrace",   [FACT_CAPABILITY] = "capability", [FACT_MODULE] = "module",
    [FACT_IO_URING] = "io-uring",
};

const char *fact_kind_name(enum fact_kind kind)
{
    assert(kind < FACT_KIND_COUNT);
    return fact_kind_names[kind];
}

enum fact_kind fact_kind_from_name(const char *name)
{
    return (enum fact_kind)find_name(fact_kind_names, FACT_KIND_COUNT, name);
}

static const char *const run_end_names[END_COUNT] = {
    [END_RUNNING] = "running",   [END_EXITED] = "exited",   [END_SIGNALED] = "signaled",
    [END_DETACHED] = "detached", [END_TIMEOUT] = "timeout", [END_INTERRUPTED] = "interrupted",
};

const char *run_end_name(enum run_end end)
{
    assert(end < END_COUNT);
    return run_end_names[end];
}

enum run_end run_end_from_name(const char *name)
{
    return (enum run_end)find_name(run_end_names, END_COUNT, name);
}

static const char *const loss_names[LOSS_CAUSE_COUNT] = {
    [LOSS_IO_URING] = "io-uring",
    [LOSS_OWN_FILTER] = "own-filter",
    [LOSS_STRICT] = "strict-mode",
    [LOSS_OWN_TRACER] = "own-tracer",
    [LOSS_UNREADABLE] = "unreadable",
    [LOSS_PATH] = "path",
    [LOSS_VANISHED] = "vanished",
    [LOSS_FOREIGN_ABI] = "foreign-abi",
    [LOSS_STRAY_NUMBERS] = "stray-numbers",
    [LOSS_FACTS] = "facts",
    [LOSS_PATHS] = "paths",
    [LOSS_ATTACHED_LATE] = "attached-late",
    [LOSS_ESCAPED] = "escaped",
    [LOSS_PRIVILEGE] = "privilege",
    [LOSS_CUT_SHORT] = "cut-short",
    [LOSS_TRACER] = "tracer",
    [LOSS_LOG] = "log",
};

static const char *const loss_sentences[LOSS_CAUSE_COUNT] = {
    [LOSS_IO_URING] = "operations submitted through io_uring bypass system calls and were not seen",
    [LOSS_OWN_FILTER] = "the workload's own seccomp filter may have refused calls before they were seen",
    [LOSS_STRICT] = "the workload asked for seccomp strict mode, which it cannot have while it is traced",
    [LOSS_OWN_TRACER] = "the workload tried to trace a process and was refused because that process is traced already",
    [LOSS_UNREADABLE] = "the memory behind an argument could not be read",
    [LOSS_PATH] = "a path could not be resolved as the kernel did",
    [LOSS_VANISHED] = "a process was gone before it could be looked at",
    [LOSS_FOREIGN_ABI] = "a call was made through an ABI that this profgen does not know",
    [LOSS_STRAY_NUMBERS] = "more invented system call numbers were used than are kept",
    [LOSS_FACTS] = "more distinct addresses, mounts or signals were seen than are kept",
    [LOSS_PATHS] = "more distinct paths were seen than are kept",
    [LOSS_ATTACHED_LATE] = "tracing began in a running process, and what it did before is unknown",
    [LOSS_ESCAPED] = "a process could not be followed",
    [LOSS_PRIVILEGE] = "a set-user-ID program ran without its privilege because it was traced",
    [LOSS_CUT_SHORT] = "the recording ended before the workload did",
    [LOSS_TRACER] = "the tracer met an error that it did not expect",
    [LOSS_LOG] = "a log shows only what was denied or audited, not what was allowed",
};

const char *loss_cause_name(enum loss_cause cause)
{
    assert(cause < LOSS_CAUSE_COUNT);
    return loss_names[cause];
}

const char *loss_cause_sentence(enum loss_cause cause)
{
    assert(cause < LOSS_CAUSE_COUNT);
    return loss_sentences[cause];
}

enum loss_cause loss_cause_from_name(const char *name)
{
    return (enum loss_cause)find_name(loss_names, LOSS_CAUSE_COUNT, name);
}
