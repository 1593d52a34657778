/*
 * How broad profiles are, for people and for programs: the score of each with its arithmetic, and all of them in one table with what runtimes ship.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "model/breadth.h"
#include "report/sheet.h"

struct breadth_entry {
    const char *name;    /* a file as the user gave it, "Docker's default", "unconfined" */
    const char *about;   /* the name within the file, or where a default is from; NULL */
    bool is_apparmor;
    bool is_reference; /* to compare with: a row of the table, and no more */
    struct breadth breadth;
};

struct breadth_report {
    const struct breadth_entry *entries;
    size_t count;
    uint64_t capabilities; /* for which all are judged */
    const char *capabilities_as; /* in words: "Docker's default capabilities" */
};

/* What each profile loses, if there are but a few, and the tables, one for each kind of profile. */
void breadth_text(const struct breadth_report *report, const struct sheet *sheet);
/* "schema": "profgen-breadth/1" (man/profgen.1). */
void breadth_json(const struct breadth_report *report, FILE *out);
