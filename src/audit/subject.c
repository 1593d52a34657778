#include "audit/subject.h"

#include <string.h>

static const char *const names[SUBJECT_KIND_COUNT] = {
    [SUBJECT_POD] = "pod",
    [SUBJECT_CONTAINER] = "container",
    [SUBJECT_DAEMON] = "daemon",
    [SUBJECT_IMAGE_BUILD] = "image-build",
    [SUBJECT_RUNTIME_CLASS] = "runtime-class",
    [SUBJECT_RUNTIME_TABLE] = "runtime-table",
    [SUBJECT_NAMESPACE] = "namespace",
    [SUBJECT_OBJECT] = "object",
    [SUBJECT_DOCUMENT] = "document",
    [SUBJECT_SECCOMP_PROFILE] = "seccomp-profile",
    [SUBJECT_APPARMOR_PROFILE] = "apparmor-profile",
    [SUBJECT_RECORDED_CONTAINER] = "recorded-container",
};

const char *subject_kind_name(enum subject_kind kind)
{
    return names[kind];
}

bool subject_kind_parse(const char *name, enum subject_kind *ret)
{
    for (size_t i = 0; i < SUBJECT_KIND_COUNT; i++) {
        if (strcmp(names[i], name) == 0) {
            *ret = (enum subject_kind)i;
            return true;
        }
    }
    return false;
}
