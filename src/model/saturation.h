/*
 * How far an observation can be trusted to have seen everything.
 *
 * Two signs: when in its run the last system call appeared that had not been made before, and, with
 * several recordings, how many calls only one of them has. A call that appears late, or in one of five
 * runs alone, says that another run may bring a new one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/recording.h"

struct saturation {
    size_t recordings;
    size_t calls;           /* distinct per ABI and number */
    size_t calls_in_one;    /* that only one of several recordings has; 0 with one */
    uint64_t last_new_ns;   /* in the recording where it came latest, as a share of its duration */
    uint64_t duration_ns;   /* of that recording's longest run */
    enum abi last_abi;
    uint64_t last_number;   /* the call that came latest */
};

void saturation_measure(const struct recording *const *recordings, size_t count, struct saturation *ret);
/* No new call in the second half of any recording, and none that only one of several has. */
bool saturation_reached(const struct saturation *saturation);
/* One sentence without a full stop. */
void saturation_describe(const struct saturation *saturation, struct buf *out);
