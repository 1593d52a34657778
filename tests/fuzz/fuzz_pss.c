/*
 * Whatever a pod holds, every violation of the Pod Security checks has a place, a reason, a detail and a message, and
 * what a level allows at one version does not depend on what was asked before.
 */
#include <stdint.h>
#include <stdlib.h>

#include "audit/pss.h"
#include "base/node_in.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static size_t check_one(const struct pss_pod *pod, enum pss_level level, unsigned minor, struct arena *arena)
{
    const struct pss_violation *violations;
    size_t count = pss_check(pod, level, minor, arena, &violations);
    for (size_t i = 0; i < count; i++) {
        AUTO_BUF struct buf path = BUF_INIT;
        if (!violations[i].where || !violations[i].reason || !violations[i].detail || !violations[i].message)
            abort();
        node_path(violations[i].where, &path);
    }
    return count;
}

static void check_pod(const struct pss_pod *pod, struct arena *arena)
{
    static const unsigned minors[] = {0, 18, 19, 22, 25, 35, PSS_VERSION_NEWEST};
    for (size_t i = 0; i < ARRAY_COUNT(minors); i++) {
        size_t baseline = check_one(pod, PSS_BASELINE, minors[i], arena);
        size_t restricted = check_one(pod, PSS_RESTRICTED, minors[i], arena);
        enum pss_level level = restricted == 0 ? PSS_RESTRICTED : baseline == 0 ? PSS_BASELINE : PSS_PRIVILEGED;
        if (pss_highest(pod, minors[i], arena) != level)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    struct node_stream stream;
    struct err err = ERR_INIT;
    (void)yaml_read("input", (const char *)bytes, length, arena, &stream, &err);
    for (size_t i = 0; i < stream.count; i++) {
        const struct node *root = stream.documents[i];
        check_pod(&(struct pss_pod){.metadata = node_get(root, "metadata"), .spec = node_get(root, "spec")}, arena);
    }
    return 0;
}
