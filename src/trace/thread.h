/*
 * The threads and processes being followed.
 */
#pragma once

#include <sys/stat.h>

#include "trace/tracer.h"

/* NULL when tid is not followed. */
struct thread *thread_find(struct tracer *tracer, pid_t tid);
/* The first thread of a new process. */
struct thread *thread_add(struct tracer *tracer, pid_t tid);
/* Makes child what clone with these flags made of parent: process, file-system context, credentials. Once only. */
void thread_adopt(struct tracer *tracer, struct thread *child, const struct thread *parent, uint64_t clone_flags);
void thread_remove(struct tracer *tracer, struct thread *thread);
/* After an exec by thread `former`: it carries on under the process's id and its siblings are gone. */
void thread_became_leader(struct tracer *tracer, struct thread *former, pid_t pid);
/* Gives the thread a file-system context of its own when it shares one. */
void thread_unshare_fs(struct thread *thread);
/* Forgets a call that has returned or will not return. */
void pending_call_done(struct pending_call *call);
/* Calls visit for every thread; visit must not add or remove any. */
void thread_each(struct tracer *tracer, void (*visit)(struct tracer *tracer, struct thread *thread));
void thread_free_all(struct tracer *tracer);

/* "/proc/TID/NAME" opened, read or resolved for this thread, through a cached descriptor. Each returns
 * what the system call of that name returns. */
int thread_proc_open(struct tracer *tracer, struct thread *thread, const char *name);
ssize_t thread_proc_readlink(struct tracer *tracer, struct thread *thread, const char *name, char *text,
                             size_t size);
/* As stat(2), through the link. */
int thread_proc_stat(struct tracer *tracer, struct thread *thread, const char *name, struct stat *ret);
/* The start of a small file as text with a NUL behind it; the length, or -1. */
ssize_t thread_proc_read(struct tracer *tracer, struct thread *thread, const char *name, char *text, size_t size);
/* A copy of its descriptor, which is the caller's to close (pidfd_getfd(2), Linux 5.6); -1 when there is none. */
int thread_copy_descriptor(const struct thread *thread, int fd);
/* Reads ids and capabilities anew. */
void thread_read_credentials(struct tracer *tracer, struct thread *thread);
