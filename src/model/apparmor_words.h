/*
 * What AppArmor rules are about, in words and by how much it matters (private to the model).
 */
#pragma once

#include "model/apparmor_policy.h"
#include "model/diff.h"

/* "rw", as rules spell it; on the heap. */
char *aa_mask_words(aa_mask mask);
/* Fills in the risk of access to whatever a pattern matches: of both writing and running it. */
void diff_row_judge_file(struct diff_row *row, aa_mask access);

/* A path that profiles/apparmor-hazards.csv warns of, one for each of its patterns. */
struct aa_hazard_path {
    char *path;
    size_t length;
    aa_mask access;
    enum risk_level risk;
    const char *why; /* borrowed from the table */
};
struct aa_hazard_paths {
    struct aa_hazard_path *items;
    size_t count;
    size_t capacity;
};
void aa_hazard_paths_make(struct aa_hazard_paths *ret);
void aa_hazard_paths_done(struct aa_hazard_paths *paths);
/* Appends the shortest path, or one of them, that a pattern matches. */
void aa_glob_example(const struct aa_glob *glob, struct buf *out);
