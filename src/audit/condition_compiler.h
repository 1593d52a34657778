/*
 * What compiles a condition: condition_compile.c its forms, condition_operand.c what facts are compared with.
 */
#pragma once

#include "audit/condition_impl.h"

/* One condition may have so many parts and values, whatever its aliases unfold to. */
enum { PARTS_MAX = 1000, VALUES_MAX = 20000, LIST_DEPTH_MAX = 8, SOME_DEPTH_MAX = 4 };

struct compiler {
    const char *file;
    const struct condition_lists *lists;
    struct arena *arena;
    struct err *err;
    size_t parts, values;
    unsigned some_depth;
};

/* The operand of ret->test, which is set. */
int compile_operand(struct compiler *compiler, const struct node *node, struct condition *ret);
