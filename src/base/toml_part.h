/*
 * The parts of the TOML reader (v1.0.0, toml.io), which share one place in the file.
 *
 * toml_in.c reads lines, toml_value.c what stands behind '=', toml_number.c numbers and dates, toml_text.c strings;
 * toml_table.c knows which tables there are and who may still add to them.
 */
#pragma once

#include "base/buf.h"
#include "base/intern.h"
#include "base/node.h"

enum toml_how {
    TOML_NONE,     /* not there yet */
    TOML_VALUE,    /* a value, also an inline table or an array: nothing can be added */
    TOML_IMPLICIT, /* a table that a header below it brought about: [a] of [a.b] */
    TOML_HEADER,   /* a table with a header of its own */
    TOML_DOTTED,   /* a table that a key brought about: a of a.b = 1 */
    TOML_ARRAY,    /* an array of tables, [[a]] */
};

struct toml_slot {
    enum toml_how how;
    uint32_t table; /* the number of the table, of an array that of its last one */
    struct node *node;
};

struct toml_table {
    struct node *node;
    unsigned depth; /* 1 of the root */
};

struct toml_in {
    const char *name;
    struct arena *arena;
    struct err *err;
    const char *at, *end;
    const char *line_start;
    uint32_t line;
    size_t total;
    struct toml_table *tables;
    size_t table_count, table_capacity;
    struct intern *keys;     /* the number of the table, then the key: gives the number of the slot */
    struct toml_slot *slots;
    size_t slot_count, slot_capacity;
    struct buf scratch;
    uint32_t error_line, error_column;
};

/* One part of a key, and where it stands. */
struct toml_key {
    const char *text;
    size_t length;
    uint32_t line, column;
};

/* "NAME:LINE:COLUMN: …" of the place at, which is on the current line; returns code. */
int toml_fail(struct toml_in *in, int code, const char *at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
int toml_fail_key(struct toml_in *in, const struct toml_key *key, const char *why, const struct node *first);
/* Blanks and tabs. */
void toml_skip_blanks(struct toml_in *in);
/* Blanks, comments and line ends. */
int toml_skip_lines(struct toml_in *in);
bool toml_is_next(const struct toml_in *in, char c);
bool toml_take(struct toml_in *in, const char *text);
/* A new node that begins here; NULL when there are too many. */
struct node *toml_node(struct toml_in *in, enum node_kind kind);

/* One part of a key, with the blanks behind it. */
int toml_key_read(struct toml_in *in, struct toml_key *ret);
/* KEY = VALUE into a table. */
int toml_pair_read(struct toml_in *in, uint32_t table);
/* A value; depth is that of the list or map it will hang in. */
int toml_value_read(struct toml_in *in, unsigned depth, struct node **ret);
int toml_number_read(struct toml_in *in, struct node **ret);
/* A text in any of the four ways of quoting. Line ends only where lines may be several. */
int toml_text_read(struct toml_in *in, bool may_have_lines, const char **ret, size_t *ret_length);

uint32_t toml_table_add(struct toml_in *in, struct node *node, unsigned depth);
/* The slot of a key, TOML_NONE when it is new; good until the next call. */
struct toml_slot *toml_table_slot(struct toml_in *in, uint32_t table, const struct toml_key *key);
/* Hangs a value into a table that does not have the key. */
void toml_table_put(struct toml_in *in, uint32_t table, const struct toml_key *key, struct node *node);
/* Goes from a table to the one below it of this key, which is made when it is not there, for a header or a key. */
int toml_table_descend(struct toml_in *in, uint32_t *table, const struct toml_key *key, enum toml_how make);
