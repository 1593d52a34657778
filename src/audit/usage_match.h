/*
 * Which recording is of which container: asked while files are judged one by one, answered when all are known.
 *
 * A container named by the user is that container. Else the only container of the input is it; else the one whose name is that
 * of a recorded program; else the one whose command begins with the first of them. Whether a container is the only one of its sort shows at the
 * end alone, so what is found about a candidate has a proviso (CONTEXT_RECORDING), which usage_match_resolve answers.
 */
#pragma once

#include "audit/context.h"
#include "audit/used_recordings.h"
#include "audit/subject.h"
#include "base/arena.h"

/* By what a container can be matched, the strongest first. */
enum usage_tie { TIE_OPTION, TIE_ONLY, TIE_NAME, TIE_COMMAND, TIE_COUNT };
/* "named by --recording", "the only container", "named as a recorded program", "its command begins with the recorded program" */
const char *usage_tie_words(enum usage_tie tie);

struct usage_match;

/* recordings may be NULL; borrowed. */
struct usage_match *usage_match_new(const struct used_recordings *recordings);
void usage_match_free(struct usage_match *match);
MEM_DEFINE_CLEANUP(struct usage_match *, usage_match_free)

/* Once for each container and recording: NULL when they have nothing to do with each other; else the name under which
 * CONTEXT_RECORDING will say whether they belong together. Thread-safe. only: what usage_match_enter said of the container. */
const char *usage_match_ask(struct usage_match *match, size_t recording, const struct subject *container, bool only,
                            const char *path, struct arena *arena);
/* Once for each container, before anything is asked of it: true when it may yet be the only one. Thread-safe. */
bool usage_match_enter(struct usage_match *match, const struct subject *container);

/* What became of one recording; strings live as long as the match. */
struct usage_answer {
    const char *name;      /* the recording's */
    bool matched;
    enum usage_tie tie;    /* of the container, when matched */
    size_t containers;     /* how many it was held against; more than one only with TIE_OPTION */
    const char *container; /* the first, "Deployment web, container web in deploy.yaml"; NULL when not matched */
    const char *why;       /* not matched: a sentence without full stop */
};

/* When all files have been judged: tells the context. Those that are judged again afterwards are asked about, and change nothing. */
void usage_match_resolve(struct usage_match *match, struct context *context);
/* After that. */
size_t usage_match_count(const struct usage_match *match);
struct usage_answer usage_match_answer(const struct usage_match *match, size_t recording);
