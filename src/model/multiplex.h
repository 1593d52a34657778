/*
 * The socket and System V IPC calls of i386, which also go through two multiplexing calls.
 *
 * A 32-bit program may call socket(2) directly or as socketcall(1, …), semget(2) directly or as ipc(2, …).
 * libseccomp therefore turns a rule for one of these names into two rules.
 */
#pragma once

struct multiplexed {
    const char *name;
    const char *through; /* "socketcall" or "ipc" */
    unsigned call;       /* the first argument: SYS_SOCKET and so on, linux/net.h and linux/ipc.h */
};

/* NULL when the call has no multiplexed form. */
const struct multiplexed *multiplexed_by_name(const char *name);
