/*
 * A policy compiled by libseccomp, the way container runtimes do it.
 *
 * Every format that libseccomp writes (raw BPF, the readable listing) and whoever loads a filter
 * starts here. libseccomp may know fewer calls than the kernel; such a call is added by its number
 * where libseccomp can take one, which is on the native ABI only, and what happened is reported.
 */
#pragma once

#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "model/seccomp_policy.h"

static inline void seccomp_filter_cleanup(scmp_filter_ctx *slot)
{
    if (*slot)
        seccomp_release(*slot);
}

struct seccomp_filter_options {
    /* Tests for calls in the policy's order instead of libseccomp's (without conditions first, then by
     * number): for policies that name hot calls first. Kernels from 5.11 on answer unconditional allows
     * from a bitmap and run no filter for them, so there the order helps conditional rules only. */
    bool hot_first;
    /* The caller knows that seccomp_evaluator_new accepts the policy; libseccomp alone refuses, or hangs. */
    bool prechecked;
};

struct seccomp_filter_notes {
    size_t by_number;            /* names that libseccomp does not know, added by number */
    const char *first_by_number; /* borrowed from the policy; NULL when none */
    size_t left_out;             /* names of ABIs beside the native one that could not be added */
    const char *first_left_out;
    enum abi first_left_out_abi;
    size_t unknown; /* names that neither libseccomp nor profgen knows, once for each time they stand there */
    const char *first_unknown;
};

/* Builds the filter of the policy in the context. options and notes may be NULL. -EEXIST and -ELOOP as for
 * seccomp_evaluator_new; -ENOTSUP when a call that could not be added would be let through. */
int seccomp_filter_new(const struct seccomp_policy *policy, const struct seccomp_context *context,
                       const struct seccomp_filter_options *options, scmp_filter_ctx *ret,
                       struct seccomp_filter_notes *notes, struct err *err);

/* Appends the program: struct sock_filter after struct sock_filter, as seccomp(2) takes it. */
int seccomp_filter_program(scmp_filter_ctx filter, struct buf *out, struct err *err);
/* Appends libseccomp's readable listing. */
int seccomp_filter_listing(scmp_filter_ctx filter, struct buf *out, struct err *err);

/* This machine, no capabilities, the newest kernel. */
struct seccomp_context seccomp_context_here(void);
