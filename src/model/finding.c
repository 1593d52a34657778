#include "model/finding.h"

#include <assert.h>
#include <string.h>

static const char *const severities[SEVERITY_COUNT] = {
    [SEVERITY_INFO] = "info", [SEVERITY_LOW] = "low",           [SEVERITY_MEDIUM] = "medium",
    [SEVERITY_HIGH] = "high", [SEVERITY_CRITICAL] = "critical",
};

static const char *const layers[LAYER_COUNT] = {
    [LAYER_KERNEL] = "kernel",
    [LAYER_CONTAINER] = "container",
    [LAYER_ORCHESTRATION] = "orchestration",
};

/* The place of name among names; count when it is not there. */
static size_t place_of(const char *name, const char *const *names, size_t count)
{
    size_t place = 0;
    while (place < count && strcmp(names[place], name) != 0)
        place++;
    return place;
}

const char *severity_name(enum severity severity)
{
    assert(severity < SEVERITY_COUNT);
    return severities[severity];
}

bool severity_parse(const char *name, enum severity *ret)
{
    size_t place = place_of(name, severities, SEVERITY_COUNT);
    if (place == SEVERITY_COUNT)
        return false;
    *ret = (enum severity)place;
    return true;
}

const char *layer_name(enum layer layer)
{
    assert(layer < LAYER_COUNT);
    return layers[layer];
}

bool layer_parse(const char *name, enum layer *ret)
{
    size_t place = place_of(name, layers, LAYER_COUNT);
    if (place == LAYER_COUNT)
        return false;
    *ret = (enum layer)place;
    return true;
}
