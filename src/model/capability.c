#include "model/capability.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

/* In number order, as profiles/capabilities.csv is; a unit test checks that. */
size_t capability_count(void)
{
    return data_capabilities_count;
}

const struct data_capabilities *capability_get(int number)
{
    return number < 0 || (size_t)number >= data_capabilities_count ? NULL : &data_capabilities[number];
}

const struct data_capabilities *capability_by_name(const char *name)
{
    const char *bare = strncasecmp(name, "CAP_", 4) == 0 ? name + 4 : name;
    for (size_t i = 0; i < data_capabilities_count; i++)
        if (strcasecmp(bare, data_capabilities[i].capability + 4) == 0)
            return &data_capabilities[i];
    return NULL;
}

static uint64_t docker_default(void)
{
    uint64_t set = 0;
    for (size_t i = 0; i < data_capabilities_count; i++)
        if (strcmp(data_capabilities[i].docker_default, "yes") == 0)
            set |= UINT64_C(1) << data_capabilities[i].number;
    return set;
}

int capability_set_parse(const char *text, uint64_t *ret, struct err *err)
{
    uint64_t set = 0;
    if (strcmp(text, "docker") == 0)
        set = docker_default();
    else if (strcmp(text, "all") == 0)
        set = UINT64_MAX;
    bool is_list = set == 0 && strcmp(text, "none") != 0;
    for (const char *at = text; is_list && *at;) {
        size_t length = strcspn(at, ",");
        AUTO_FREE char *name = mem_dup(at, length);
        const struct data_capabilities *capability = capability_by_name(name);
        if (!capability)
            return err_set(err, -EINVAL, "there is no capability '%.100s'; give names, docker, all or none", name);
        set |= UINT64_C(1) << capability->number;
        at += length + (at[length] == ',');
    }
    *ret = set;
    return 0;
}
