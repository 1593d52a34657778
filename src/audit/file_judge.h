/*
 * One file: read, taken apart into subjects, judged.
 */
#pragma once

#include "audit/audit.h"
#include "audit/file_walk.h"
#include "audit/finding_list.h"
#include "audit/usage_match.h"

/* Of one thread. */
struct judge {
    const struct audit_request *request;
    struct context *context; /* shared */
    struct usage_match *match; /* shared */
    struct arena *work;      /* reset for every file */
    struct arena *kept;      /* what was found of the last file */
    uint64_t number;         /* of the file in the input, from 0: what audit_store_replace knows it by */
    const struct buf *kept_input; /* read in place of the file, which is a pipe and was read before; NULL */
};

/* Begun empty, and used again for the next file; judged_file_done at the end. */
struct judged_file {
    struct audit_file file; /* path borrowed from the walked file */
    uint32_t copies;        /* of the walked file */
    struct finding_list findings;
    struct audit_pod *pods;
    size_t pod_count, pod_capacity;
};
void judged_file_done(struct judged_file *judged);

/* Strings of what is found are good until the judge judges another. */
void file_judge(struct judge *judge, const struct walked_file *walked, struct judged_file *ret);
