#include "emit/target.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/label.h"
#include "base/mem.h"

/* RFC 1123 section 2.1 and RFC 1035 section 2.3.4; Kubernetes' limit for whole names. */
enum { SUBDOMAIN_MAX = 253 };

/* Source: the API reference of Kubernetes 1.34. */
const struct workload_kind workload_kinds[] = {
    {"CronJob", "batch/v1", "spec.jobTemplate.spec.template"},
    {"DaemonSet", "apps/v1", "spec.template"},
    {"Deployment", "apps/v1", "spec.template"},
    {"Job", "batch/v1", "spec.template"},
    {"Pod", "v1", ""},
    {"PodTemplate", "v1", "template"},
    {"ReplicaSet", "apps/v1", "spec.template"},
    {"ReplicationController", "v1", "spec.template"},
    {"StatefulSet", "apps/v1", "spec.template"},
};
const size_t workload_kind_count = ARRAY_COUNT(workload_kinds);
const char *const workload_kind_names[] = {"CronJob",     "DaemonSet",  "Deployment",
                                           "Job",         "Pod",        "PodTemplate",
                                           "ReplicaSet",  "ReplicationController", "StatefulSet", NULL};

const struct workload_kind *workload_kind_find(const char *name)
{
    for (size_t i = 0; i < workload_kind_count; i++)
        if (strcasecmp(workload_kinds[i].name, name) == 0)
            return &workload_kinds[i];
    return NULL;
}

bool target_is_subdomain(const char *name)
{
    if (strlen(name) > SUBDOMAIN_MAX)
        return false;
    for (const char *label = name;; ) {
        size_t length = strcspn(label, ".");
        if (!label_is(label, length))
            return false;
        if (label[length] == '\0')
            return true;
        label += length + 1;
    }
}

/* Letters, digits, dots, hyphens and underscores. */
static bool is_word(const char *text)
{
    for (const char *c = text; *c; c++)
        if (!isascii((unsigned char)*c) || (!isalnum((unsigned char)*c) && !strchr("._-", *c)))
            return false;
    return *text != '\0';
}

bool target_is_path_part(const char *name)
{
    return is_word(name) && name[0] != '.' && strlen(name) <= SUBDOMAIN_MAX;
}

int target_check_label(const char *what, const char *name, struct err *err)
{
    if (label_is(name, strlen(name)))
        return 0;
    return err_set(err, -EINVAL, "%s cannot be '%.80s': Kubernetes takes at most %d small letters, digits and hyphens, with "
                   "no hyphen at either end", what, name, LABEL_MAX);
}

int target_check_service(const char *name, struct err *err)
{
    if (is_word(name))
        return 0;
    return err_set(err, -EINVAL, "a service cannot be called '%.80s': Compose takes letters, digits, dots, hyphens and underscores",
                   name);
}
