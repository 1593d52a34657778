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
    uint32_t start;    /* the node behind the prefix */
    struct aa_nfa nfa;
};
