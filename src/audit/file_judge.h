/*
 * One file: read, taken apart into subjects, judged, and forgotten but for what was found.
 */
#pragma once

#include "audit/audit.h"
#include "audit/file_walk.h"
#include "audit/finding_list.h"

/* Of one thread. */
struct judge {
    const struct audit_request *request;
    struct context *context; /* shared */
    struct arena *work;      /* reset for every file */
    struct arena *kept;      /* what findings point to */
};

struct judged_file {
    struct audit_file file; /* path borrowed from the walked file */
    struct finding_list findings;
    struct audit_pod *pods;
    size_t pod_count, pod_capacity;
};

void file_judge(struct judge *judge, const struct walked_file *walked, uint32_t index, struct judged_file *ret);
