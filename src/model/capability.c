#include "model/capability.h"

#include <string.h>
#include <strings.h>


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
