#include "model/risk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"

static const char *const level_names[] = {"none", "low", "medium", "high"};

const char *risk_level_name(enum risk_level level)
{
    return level_names[level];
}

enum risk_level risk_level_from_name(const char *name)
{
    for (size_t i = 0; i < ARRAY_COUNT(level_names); i++)
        if (strcmp(level_names[i], name) == 0)
            return (enum risk_level)i;
    return RISK_NONE;
}

/* Finds the row of a tag that is length bytes long. */
static const struct data_risk_tags *find_tag(const char *tag, size_t length)
{
    for (size_t i = 0; i < data_risk_tags_count; i++)
        if (strlen(data_risk_tags[i].tag) == length && memcmp(data_risk_tags[i].tag, tag, length) == 0)
            return &data_risk_tags[i];
    return NULL;
}

static int compare_syscall(const void *key, const void *row)
{
    return strcmp(key, ((const struct data_syscall_risk *)row)->syscall);
}

/* The weightiest tag speaks where the row has no words of its own. */
struct risk risk_of_syscall(const char *name)
{
    struct risk risk = {.level = RISK_NONE, .why = ""};
    risk.facts = bsearch(name, data_syscall_risk, data_syscall_risk_count, sizeof(data_syscall_risk[0]),
                         compare_syscall);
    if (!risk.facts)
        return risk;
    for (const char *tag = risk.facts->tags; *tag;) {
        size_t length = strcspn(tag, ";");
        const struct data_risk_tags *row = find_tag(tag, length);
        enum risk_level level = row ? risk_level_from_name(row->level) : RISK_NONE;
        if (level > risk.level) {
            risk.level = level;
            risk.why = row->meaning;
        }
        tag += length + (tag[length] == ';');
    }
    if (risk.facts->why[0])
        risk.why = risk.facts->why;
    return risk;
}

static bool value_fits(const struct data_risk_arguments *row, uint64_t value)
{
    uint64_t mask = 0;
    bool parsed = num_parse_u64(row->mask, UINT64_MAX, &mask);
    assert(parsed);
    (void)parsed;
    if (strcmp(row->test, "any") == 0)
        return (value & mask) != 0 && (uint32_t)value != UINT32_MAX;
    if (strcmp(row->test, "all") == 0)
        return (value & mask) == mask;
    return (uint32_t)value == mask;
}

static bool row_fits(const struct data_risk_arguments *row, const struct call_record *call)
{
    if (row->argument < 0)
        return false;
    const struct arg_values *set = call->args[row->argument];
    for (uint32_t i = 0; set && i < set->count; i++)
        if (value_fits(row, set->values[i]))
            return true;
    return false;
}

struct risk risk_of_call(const char *name, const struct call_record *call)
{
    struct risk risk = risk_of_syscall(name);
    enum risk_level level = RISK_NONE;
    bool depends = false;
    for (size_t i = 0; i < data_risk_arguments_count; i++) {
        const struct data_risk_arguments *row = &data_risk_arguments[i];
        if (strcmp(row->syscall, name) != 0)
            continue;
        depends = true;
        if (risk_level_from_name(row->level) > level && row_fits(row, call)) {
            level = risk_level_from_name(row->level);
            risk.why = row->why;
        }
    }
    if (depends)
        risk.level = level > RISK_NONE ? level : RISK_LOW;
    return risk;
}
