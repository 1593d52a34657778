/*
 * One execution of a row of profiles/seccomp-probes.csv: which call was made, and what came of it.
 *
 * A line is "PROBE VARIANT ABI NUMBER A0 A1 A2 A3 A4 A5 RESULT", numbers in hexadecimal except NUMBER; a case has no
 * RESULT. VARIANT is "exact": the arguments of the row and nothing else; "armed": with what makes the attack work, such as
 * the name of a file; "multiplexed": the same through socketcall(2), with the three arguments of socket in A1 to A3.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct probe_row {
    char probe[64];
    char variant[16];
    char abi[16]; /* "x86_64", "i386", "x32" */
    unsigned number;
    uint64_t args[6];
    char result[32]; /* "ok", "errno-N", "SIGSYS", …; empty in a case */
};

/* False when the line is no row. */
static inline bool probe_row_parse(const char *line, struct probe_row *ret)
{
    unsigned long long args[6];
    ret->result[0] = '\0';
    int got = sscanf(line, "%63s %15s %15s %u %llx %llx %llx %llx %llx %llx %31s", ret->probe, ret->variant, ret->abi,
                     &ret->number, &args[0], &args[1], &args[2], &args[3], &args[4], &args[5], ret->result);
    for (unsigned i = 0; i < 6 && got >= 10; i++)
        ret->args[i] = args[i];
    return got >= 10;
}

static inline void probe_row_print(const struct probe_row *row, const char *result)
{
    (void)printf("%s %s %s %u", row->probe, row->variant, row->abi, row->number);
    for (unsigned i = 0; i < 6; i++)
        (void)printf(" %llx", (unsigned long long)row->args[i]);
    (void)printf("%s%s\n", *result ? " " : "", result);
}

static inline bool probe_row_is_same(const struct probe_row *a, const struct probe_row *b)
{
    return strcmp(a->probe, b->probe) == 0 && strcmp(a->variant, b->variant) == 0 && strcmp(a->abi, b->abi) == 0 &&
           a->number == b->number && memcmp(a->args, b->args, sizeof(a->args)) == 0;
}
