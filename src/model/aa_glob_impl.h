/* The inside of struct aa_glob, for the parts of the model that reason about patterns. */
#pragma once

#include "model/aa_nfa.h"
#include "model/apparmor_policy.h"

struct aa_glob {
    char *prefix; /* what every match begins with */
    size_t prefix_length;
    char *suffix; /* what every match ends with, behind the prefix; empty when literal */
    size_t suffix_length;
    bool literal;      /* the prefix is all there is; nfa is empty */
    bool exact;        /* no star, question mark or class: whatever it matches is spelt out */
    uint32_t start;    /* the node behind the prefix */
    struct aa_class next; /* what may stand behind the prefix */
    bool may_end;         /* or nothing may */
    uint32_t rest;     /* the node from which on everything matches; NO_REST when there is none */
    struct aa_nfa nfa;
};
#define NO_REST UINT32_MAX

/* Whether a path that begins with the prefix may match, as far as the byte behind that tells. */
static inline bool aa_glob_may_match(const struct aa_glob *glob, const char *path, size_t length)
{
    return length > glob->prefix_length ? aa_class_has(&glob->next, (unsigned char)path[glob->prefix_length])
                                        : glob->may_end;
}
