/*
 * The verdicts on one pod for every level and version, in the words of tests/audit/pss_upstream/main.go.
 */
#pragma once

#include <string.h>

#include "audit/pss.h"

static inline void pss_outcome(const struct pss_pod *pod, enum pss_level level, unsigned minor, struct arena *arena,
                               struct buf *out)
{
    const struct pss_violation *violations;
    size_t count = pss_check(pod, level, minor, arena, &violations);
    if (count == 0)
        buf_add_text(out, "allowed");
    const char *last = "";
    for (size_t i = 0; i < count; i++) {
        if (strcmp(violations[i].check, last) == 0)
            continue;
        buf_printf(out, "%s%s", i ? ", " : "", violations[i].reason);
        if (violations[i].detail[0])
            buf_printf(out, " (%s)", violations[i].detail);
        last = violations[i].check;
    }
}

/* Lines "LEVEL FIRST-LAST OUTCOME", neighbouring versions of the same outcome in one. */
static inline void pss_verdicts(const struct pss_pod *pod, struct arena *arena, struct buf *out)
{
    for (enum pss_level level = PSS_BASELINE; level <= PSS_RESTRICTED; level++) {
        unsigned first = 0;
        AUTO_BUF struct buf outcome = BUF_INIT;
        pss_outcome(pod, level, 0, arena, &outcome);
        for (unsigned minor = 1; minor <= PSS_VERSION_NEWEST + 1; minor++) {
            AUTO_BUF struct buf next = BUF_INIT;
            if (minor <= PSS_VERSION_NEWEST)
                pss_outcome(pod, level, minor, arena, &next);
            if (strcmp(buf_text(&next), buf_text(&outcome)) == 0)
                continue;
            buf_printf(out, "%s %u-%u %s\n", pss_level_name(level), first, minor - 1, buf_text(&outcome));
            first = minor;
            buf_clear(&outcome);
            buf_add_text(&outcome, buf_text(&next));
        }
    }
}
