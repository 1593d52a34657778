/*
 * The way of one system call through a filter, test by test and without arguments, so that every way can be
 * followed (private to the model).
 */
#pragma once

#include "model/seccomp_tree.h"

struct seccomp_path {
    const struct seccomp_evaluator *evaluator;
    struct seccomp_cursor cursor;
    struct seccomp_verdict verdict; /* once there is no further test */
};

struct seccomp_path seccomp_evaluator_begin(const struct seccomp_evaluator *evaluator, enum abi abi, uint64_t number);
/* True when cursor.test is to be followed one way or the other. */
static inline bool seccomp_path_tests(const struct seccomp_path *path)
{
    return path->cursor.block != NULL;
}
void seccomp_path_follow(struct seccomp_path *path, bool holds);
