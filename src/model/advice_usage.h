/*
 * A recording as advice looks at it: its calls united over images, by ABI and number. Private to advice*.c.
 */
#pragma once

#include "model/advice.h"
#include "model/syscall.h"

struct call_use {
    uint64_t count[PHASE_COUNT];
    uint64_t seen;   /* results */
    uint64_t failed; /* of them */
    int error;       /* the most frequent */
    uint64_t error_count;
};

struct advice_usage {
    const struct recording *recording;
    struct call_use calls[ABI_COUNT][CALL_DENSE_MAX];
    enum abi native; /* of the machine it ran on */
    bool ended_well; /* every run exited with 0 or was asked to end */
};

struct advice_usage *advice_usage_new(const struct recording *recording);

/* What does not fit into a number of JSON is as large as one can be: counts are a workload's, and invented ones in files. */
uint64_t advice_bound(unsigned __int128 number);
uint64_t advice_sum(uint64_t a, uint64_t b);

uint64_t call_use_total(const struct call_use *use);
/* Made, and not only seen to fail. */
bool call_use_works(const struct call_use *use);
/* Of one ABI; NULL when it has no such call. */
const struct call_use *advice_usage_call(const struct advice_usage *usage, enum abi abi, const char *name);
/* How often the calls named in names, ended by NULL, were made in a phase, in all ABIs. */
uint64_t advice_usage_count(const struct advice_usage *usage, const char *const *names, enum phase phase);

/* what is taken over. */
void advice_item_add(struct advice_evidence *evidence, struct advice_item item);
/* Adds a call of an ABI as an item. */
void advice_item_add_call(struct advice_evidence *evidence, const struct advice_usage *usage, enum abi abi,
                          const char *name, const char *answer, const char *detail);

/* True when word is one of the words in list, which | parts. */
bool advice_listed(const char *list, const char *word);
/* The same with * in the list for any bytes. */
bool advice_listed_glob(const char *list, const char *word);

/* Fills evidence and answers whether there is any. */
typedef bool advice_predicate(const struct advice_usage *usage, const char *argument,
                              struct advice_evidence *evidence);
/* NULL when there is none of that name. */
advice_predicate *advice_predicate_find(const char *name);
/* In advice_calls.c */
advice_predicate advice_gvisor_calls;
advice_predicate advice_libos_calls;

void advice_load_measure(const struct advice_usage *usage, struct advice_load *ret);
void advice_limits_make(const struct advice_usage *usage, unsigned margin, struct advice_limits *ret);
void advice_choose(const struct advice *advice, const struct advice_usage *usage, struct advice_choice *ret);
void advice_find_unknown(struct advice *advice, const struct advice_usage *usage,
                         const struct recording *const *recordings, size_t count);
