/*
 * Conditions from the inside: what the compiler makes and the evaluator walks.
 */
#pragma once

#include "audit/condition.h"
#include "audit/fact_path.h"
#include "audit/pattern.h"

enum condition_form { FORM_ALL, FORM_ANY, FORM_NONE, FORM_NOT, FORM_SOME, FORM_EVERY, FORM_TEST };

/* What a fact is compared with: a text as written, a boolean, or a number by its value. */
struct condition_value {
    enum node_kind kind; /* NODE_STRING, NODE_BOOL, NODE_INT */
    const char *text;
    size_t length;
    int64_t integer;
};

/* A number, or a multiple of another fact. */
struct condition_number {
    bool is_fact;
    struct fact_path fact;
    int64_t value;
    int64_t thousandths; /* the factor of a fact */
};

/* Where paths begin. */
struct condition_scope {
    const struct node *top;
    const struct node *item;
};

struct condition_operand {
    const struct condition_value *values; /* is, in, contains, starts-with, …; covers and under: paths */
    size_t count;
    struct pattern *pattern;
    struct condition_number number;
};

enum operand_shape { SHAPE_BOOL, SHAPE_VALUE, SHAPE_VALUES, SHAPE_TEXT, SHAPE_PATTERN, SHAPE_NUMBER, SHAPE_PATHS };

/* A row for each test; a negated one holds exactly where the other does not. */
struct condition_test {
    const char *name;
    enum operand_shape shape;
    bool negated;
    /* fact is not NULL. */
    bool (*holds)(const struct condition_operand *operand, const struct node *fact, const struct condition_scope *scope);
};

/* Ended by a row without a name (condition_test.c). */
extern const struct condition_test condition_tests[];

struct condition {
    enum condition_form form;
    bool many;                     /* has a `some` whose items give a match each */
    bool of_values;                /* some, every: the items are the values of a map */
    const struct condition *parts; /* all, any, none; of not, some and every the one */
    const struct condition *next;  /* among the parts of another */
    struct fact_path path;         /* some, every, test */
    const struct condition_test *test;
    bool negated;
    struct condition_operand operand;
};
