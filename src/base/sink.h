/*
 * Where a report goes, piece by piece: writers append to the buf, and what has gathered there is passed on.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"

struct sink {
    struct buf buf;
    int fd;          /* borrowed; -1: all stays in the buf */
    int failed;      /* 0, or the negative errno of the first write that failed: the rest is thrown away */
    uint64_t passed; /* bytes that have left the buf */
};

#define SINK_INIT(descriptor) ((struct sink){.fd = (descriptor)})
#define AUTO_SINK __attribute__((cleanup(sink_done)))

void sink_done(struct sink *sink);
/* Passes on what is in the buf when that is much; writers call it between things of which there may be many. */
void sink_ease(struct sink *sink);
/* Passes on the rest. 0, or the negative errno of the first write that failed. */
int sink_finish(struct sink *sink);
