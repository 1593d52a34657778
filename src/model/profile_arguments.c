/* Argument filters: the rows of profiles/arguments.csv applied to the values that were recorded. */
#include <assert.h>
#include <string.h>

#include "base/num.h"
#include "data.h"
#include "model/profile_build.h"

enum { VALUES_MAX = 64 };

static uint64_t row_mask(const struct data_arguments *row)
{
    uint64_t mask = 0;
    bool good = num_parse_u64(row->mask, UINT32_MAX, &mask);
    assert(good);
    (void)good;
    return mask;
}

uint64_t profile_argument_bits(const char *name, unsigned *ret_index)
{
    for (size_t i = 0; i < data_arguments_count; i++) {
        const struct data_arguments *row = &data_arguments[i];
        if (strcmp(row->call, name) == 0 && strcmp(row->kind, "bits") == 0) {
            *ret_index = (unsigned)row->argument;
            return row_mask(row);
        }
    }
    return 0;
}

/* Ascending, so that the output does not depend on the order of images. */
static size_t insert_value(uint64_t values[VALUES_MAX], size_t count, uint64_t value)
{
    size_t at = 0;
    while (at < count && values[at] < value)
        at++;
    if ((at < count && values[at] == value) || count == VALUES_MAX)
        return count;
    memmove(&values[at + 1], &values[at], (count - at) * sizeof(values[0]));
    values[at] = value;
    return count + 1;
}

/* The conditions that one row makes of the recorded values; 0 when it makes no filter. */
static size_t row_conditions(const struct data_arguments *row, const struct evidence_values *seen,
                             struct seccomp_arg ret[VALUES_MAX])
{
    uint64_t mask = row_mask(row);
    unsigned index = (unsigned)row->argument;
    if (!seen->known || seen->count == 0)
        return 0;
    if (strcmp(row->kind, "bits") == 0) {
        uint64_t bits = 0;
        for (size_t i = 0; i < seen->count; i++)
            bits |= seen->values[i];
        ret[0] = (struct seccomp_arg){index, OP_MASKED_EQ, mask & ~bits, 0};
        return mask & ~bits ? 1 : 0;
    }
    uint64_t values[VALUES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < seen->count; i++)
        count = insert_value(values, count, seen->values[i] & mask);
    if (count > (size_t)row->max)
        return 0;
    for (size_t i = 0; i < count; i++)
        ret[i] = (struct seccomp_arg){index, OP_MASKED_EQ, mask, values[i]};
    return count;
}

/* A pair of socket family and type that the recording shows. The arguments are recorded one by one, so without
 * this a program that uses inet stream and netlink raw sockets would be granted inet raw ones as well. */
static bool pair_was_seen(const struct recording *recording, uint64_t family, uint64_t type)
{
    for (size_t i = 0; i < recording->fact_count; i++) {
        const struct fact *fact = &recording->facts[i];
        if (fact->kind == FACT_SOCKET && !fact_is_pair(recording, fact) && fact->value >> 32 == family && (fact->value >> 16 & 0xf) == type)
            return true;
    }
    return false;
}

static bool facts_are_whole(const struct recording *recording)
{
    for (size_t i = 0; i < recording->run_count; i++)
        if (recording->runs[i].losses[LOSS_FACTS].count > 0)
            return false;
    return true;
}

/* Whether the facts tell of every recorded family and type, so that pairs they do not tell of were not made. */
static bool pairs_cover(const struct recording *recording, const struct seccomp_arg *one, size_t one_count,
                        const struct seccomp_arg *two, size_t two_count)
{
    if (!facts_are_whole(recording))
        return false;
    for (size_t i = 0; i < one_count; i++) {
        bool covered = false;
        for (size_t j = 0; j < two_count && !covered; j++)
            covered = pair_was_seen(recording, one[i].value_two, two[j].value_two);
        if (!covered)
            return false;
    }
    for (size_t j = 0; j < two_count; j++) {
        bool covered = false;
        for (size_t i = 0; i < one_count && !covered; i++)
            covered = pair_was_seen(recording, one[i].value_two, two[j].value_two);
        if (!covered)
            return false;
    }
    return true;
}

static void add_pairs(const struct profile_builder *builder, struct profile_call *call,
                      const struct seccomp_arg *one, size_t one_count, const struct seccomp_arg *two,
                      size_t two_count)
{
    const struct recording *recording = builder->profile->recording;
    bool exact = strcmp(call->syscall->name, "socket") == 0 &&
                 pairs_cover(recording, one, one_count, two, two_count);
    for (size_t i = 0; i < one_count; i++)
        for (size_t j = 0; j < two_count; j++)
            if (!exact || pair_was_seen(recording, one[i].value_two, two[j].value_two))
                profile_call_match(call, &(struct profile_match){.args = {one[i], two[j]}, .arg_count = 2});
}

/* Values such as the two internet families bring each other. */
static void add_together(struct profile_call *call, const struct data_arguments *row)
{
    uint64_t one;
    uint64_t two;
    char first[16];
    const char *bar = strchr(row->together, '|');
    if (!bar || (size_t)(bar - row->together) >= sizeof(first))
        return;
    memcpy(first, row->together, (size_t)(bar - row->together));
    first[bar - row->together] = '\0';
    if (!num_parse_u64(first, UINT32_MAX, &one) || !num_parse_u64(bar + 1, UINT32_MAX, &two))
        return;
    for (size_t i = 0, count = call->match_count; i < count; i++) {
        struct profile_match other = call->matches[i];
        for (size_t j = 0; j < other.arg_count; j++) {
            struct seccomp_arg *arg = &other.args[j];
            if (arg->index != (unsigned)row->argument || (arg->value_two != one && arg->value_two != two))
                continue;
            arg->value_two = arg->value_two == one ? two : one;
            other.reason = row->why;
            profile_call_match(call, &other);
            break;
        }
    }
}

void profile_filter_arguments(struct profile_builder *builder, struct profile_call *call)
{
    const struct evidence *evidence = &builder->evidence[call->abi][profile_row(call->syscall)];
    struct seccomp_arg conditions[PROFILE_MATCH_ARGS_MAX][VALUES_MAX];
    const struct data_arguments *rows[PROFILE_MATCH_ARGS_MAX];
    size_t counts[PROFILE_MATCH_ARGS_MAX] = {0};
    size_t used = 0;
    for (size_t i = 0; i < data_arguments_count && used < PROFILE_MATCH_ARGS_MAX; i++) {
        if (strcmp(data_arguments[i].call, call->syscall->name) != 0)
            continue;
        rows[used] = &data_arguments[i];
        counts[used] = row_conditions(rows[used], &evidence->args[data_arguments[i].argument], conditions[used]);
        used += counts[used] > 0;
    }
    for (size_t i = 0; used == 1 && i < counts[0]; i++)
        profile_call_match(call, &(struct profile_match){.args = {conditions[0][i]}, .arg_count = 1});
    if (used == 2)
        add_pairs(builder, call, conditions[0], counts[0], conditions[1], counts[1]);
    for (size_t i = 0; i < used; i++)
        add_together(call, rows[i]);
}
