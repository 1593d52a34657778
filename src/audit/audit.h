/*
 * An audit: paths in, a result out.
 *
 * Files are found (file_walk.h), read, taken apart into subjects and judged one by one, on several threads, each in an arena of
 * its own thread, and forgotten; what is to be said of each goes to a spool (audit_store.h), and only what files must know of each
 * other (context.h) stays in memory. The result is the same for any number of threads.
 */
#pragma once

#include "audit/pss.h"
#include "audit/rule.h"
#include "audit/suppression.h"
#include "audit/used_recordings.h"
#include "model/audit_result.h"

struct audit_request {
    char *const *paths; /* files, directories, "-" */
    size_t path_count;
    char *const *excludes; /* patterns as in .gitignore, relative to each directory that is walked */
    size_t exclude_count;
    const struct rule_set *rules; /* must outlive the result */
    unsigned threads;            /* 0: as many as processors, at most 16 */
    const char *spool_directory; /* where what does not fit into memory is set aside; NULL: /tmp */
    const struct used_recordings *recordings; /* what containers are held against; NULL: nothing */
    const char *profile_root;    /* of a node's profiles; NULL: beside the files */
    struct judge_options judge;    /* its minor is also the version of the levels that pods are said to meet */
    enum severity least;         /* findings below it are left out */
    const struct suppression *suppressions; /* of the project file */
    size_t suppression_count;
    const char *today;           /* "2026-11-22": what suppressions with `until` are held against */
};

/* The result is the caller's (audit_result_free). A path that is not there is a file with an error; what makes it fail is that there is
 * no room in the spool directory. */
int audit_run(const struct audit_request *request, struct audit_result *ret, struct err *err);
/* After the result was walked: 0, or why a walk ended before the last file. */
int audit_result_check(const struct audit_result *result, struct err *err);
void audit_result_free(struct audit_result *result);
