/*
 * From probes that pass to a sum: shared by the two kinds of profile.
 */
#pragma once

#include "model/breadth.h"

/* kind is "seccomp" or "apparmor", as in score-ways.csv. */
struct breadth_probe *breadth_add_probe(struct breadth *breadth, const char *kind, const char *probe, enum severity severity);
/* A fact of score-points.csv, so many times; nothing for 0 times. */
void breadth_add_fact(struct breadth *breadth, const char *what, unsigned times, char *name);
/* Makes of the probes their ways, adds up and grades. */
void breadth_sum(struct breadth *breadth, const char *kind, uint64_t capabilities);
