/*
 * The system calls of a recording, united over its images: one entry per ABI and number.
 */
#pragma once

#include "model/recording.h"
#include "model/risk.h"
#include "model/syscall.h"

struct listed_call {
    enum abi abi;
    char name[SYSCALL_NAME_MAX];
    uint64_t count[PHASE_COUNT];
    uint64_t succeeded; /* of the results that were seen */
    uint64_t failed;
    int error;      /* of a failure */
    size_t images;  /* that made it */
    struct risk risk; /* the highest over the images */
};

struct call_list {
    struct listed_call *calls; /* by name, then ABI */
    size_t count;
    size_t capacity;
};

void call_list_init(struct call_list *list, const struct recording *recording);
void call_list_done(struct call_list *list);
#define AUTO_CALL_LIST __attribute__((cleanup(call_list_done)))
