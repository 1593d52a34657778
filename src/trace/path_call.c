/* Calls that move names about: rename, chdir, chroot, mount. */
#include <inttypes.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "trace/call.h"
#include "trace/memory.h"
#include "trace/thread.h"

/* With RENAME_EXCHANGE both names are moved away and both are made. */
void rename_call_exit(struct tracer *tracer, struct thread *thread)
{
    struct pending_call *call = &thread->call;
    struct resolved resolved;
    bool exchange = strcmp(call->spec->name, "renameat2") == 0 && (call->args[4] & RENAME_EXCHANGE);
    for (size_t i = 0; exchange && call_succeeded(thread) && i < ARRAY_COUNT(call->paths); i++) {
        int dirfd = (int)call->args[call->spec->paths[i].dirfd];
        if (call->paths[i] && resolve_path(tracer, thread, dirfd, call->paths[i], false, &resolved))
            call_record_path(tracer, thread, &resolved, ACCESS_RENAME | ACCESS_CREATE);
    }
    if (call_succeeded(thread))
        resolve_forget_cwd(thread);
}

void chdir_call_exit(struct tracer *tracer, struct thread *thread)
{
    (void)tracer;
    if (call_succeeded(thread))
        resolve_forget_cwd(thread);
}

static void forget_root(struct tracer *tracer, struct thread *thread)
{
    (void)tracer;
    resolve_forget_root(thread);
}

/* chroot changes the caller's root; pivot_root may change that of every thread in the mount namespace. */
void root_call_exit(struct tracer *tracer, struct thread *thread)
{
    if (!call_succeeded(thread))
        return;
    call_fact(tracer, thread, FACT_ROOT, thread->call.spec->name, thread->call.paths[0], NULL, 0);
    if (strcmp(thread->call.spec->name, "pivot_root") == 0)
        thread_each(tracer, forget_root);
    else
        resolve_forget_root(thread);
}

/* The source of a mount is a path only sometimes: "none", "proc" and "tmpfs" are names. */
void mount_call_entry(struct tracer *tracer, struct thread *thread)
{
    char **source = &thread->call.paths[1];
    (void)tracer;
    if (*source && (*source)[0] != '/') {
        free(*source);
        *source = NULL;
        thread->call.args[0] = 0;
    }
}

void mount_call_exit(struct tracer *tracer, struct thread *thread)
{
    struct pending_call *call = &thread->call;
    if (!call_succeeded(thread))
        return;
    if (strcmp(call->spec->name, "mount") != 0) {
        call_fact(tracer, thread, FACT_UMOUNT, call->paths[0], NULL, NULL, call->args[1]);
        return;
    }
    AUTO_FREE char *type = call_read_path(tracer, thread, call->args[2]);
    call_fact(tracer, thread, FACT_MOUNT, call->paths[0], call->paths[1], type, call->args[3]);
}
