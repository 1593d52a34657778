/*
 * What the two halves of profgen verify share: profiles asked about recordings and commands (verify.c), and about logs
 * (verify_log.c).
 */
#pragma once

#include "base/buf.h"
#include "cli/tracing.h"
#include "model/apparmor_policy.h"
#include "model/seccomp_policy.h"
#include "report/sheet.h"

struct verify {
    const char *seccomp_file;
    const char *apparmor_file;
    const char *profile;
    const char *capabilities; /* as typed */
    const char *output;       /* NULL: where it belongs */
    const char *save;         /* where a log's recording goes; NULL: nowhere */
    char **logs;              /* as typed */
    size_t log_count;
    struct seccomp_context context;
    struct tracing tracing;
    bool json;
    bool strict;
    bool force;
    bool live;
    int command_words; /* behind the -- */
    struct seccomp_policy *seccomp;
    struct apparmor_policy *apparmor;
};

/* Runtime, capabilities and kernel that decide about a seccomp profile, in words. */
char *verify_describe_context(const struct verify *self);

/* One report in its two forms. */
struct verify_form {
    void (*text)(const void *report, const struct sheet *sheet);
    void (*json)(const void *report, struct buf *out);
};
/* The report goes where it was asked to; else to standard output, which is the workload's own when one ran. */
int verify_report(const struct verify *self, const struct verify_form *form, const void *report, struct err *err);

/* Says what the logs hold; returns the exit status. */
int verify_logs(const struct verify *self);
