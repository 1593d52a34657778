#include "audit/usage_match.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "audit/used_recording.h"
#include "base/text.h"

/* Containers that could be it in one way. */
struct candidates {
    size_t count;
    char *first;  /* the least by place in words, so that the order of threads does not show */
};

struct state {
    struct candidates by[TIE_COUNT];
    char *why;
};

struct usage_match {
    const struct used_recordings *recordings;
    struct state *states;
    size_t count;
    size_t containers; /* that were entered, but for those that only prepare a pod */
    bool resolved;     /* files that are judged again count no more */
    pthread_mutex_t lock;
};

const char *usage_tie_words(enum usage_tie tie)
{
    static const char *const words[] = {
        [TIE_OPTION] = "named by --recording",
        [TIE_ONLY] = "the only container",
        [TIE_NAME] = "named as a recorded program",
        [TIE_COMMAND] = "its command begins with the recorded program",
    };
    return words[tie];
}

struct usage_match *usage_match_new(const struct used_recordings *recordings)
{
    struct usage_match *match = mem_zero(1, sizeof(*match));
    match->recordings = recordings;
    match->count = used_recordings_count(recordings);
    match->states = mem_zero(match->count, sizeof(*match->states));
    (void)pthread_mutex_init(&match->lock, NULL);
    return match;
}

void usage_match_free(struct usage_match *match)
{
    if (!match)
        return;
    for (size_t i = 0; i < match->count; i++) {
        for (size_t tie = 0; tie < TIE_COUNT; tie++)
            free(match->states[i].by[tie].first);
        free(match->states[i].why);
    }
    (void)pthread_mutex_destroy(&match->lock);
    free(match->states);
    free(match);
}

/* ---- one container ------------------------------------------------------------------------------ */

/* Init and ephemeral containers come and go beside the one that is meant. */
static bool is_main(const struct subject *container)
{
    const char *role = node_text_at(container->facts, "role");
    return !role || (strcmp(role, "init") != 0 && strcmp(role, "ephemeral") != 0);
}

bool usage_match_enter(struct usage_match *match, const struct subject *container)
{
    if (match->count == 0 || !is_main(container))
        return false;
    (void)pthread_mutex_lock(&match->lock);
    bool only = match->resolved ? match->containers == 1 : match->containers == 0;
    match->containers += !match->resolved;
    (void)pthread_mutex_unlock(&match->lock);
    return only;
}

static const char *container_name(const struct subject *container)
{
    const char *name = container->names.container ? container->names.container : container->names.name;
    return name ? name : "";
}

/* The program that a command line begins with, without its directory. */
static bool begins_with_program(const char *command, const char *program)
{
    size_t length = command ? strcspn(command, " \t\n") : 0;
    const char *start = command;
    for (size_t i = 0; i < length; i++)
        if (command[i] == '/')
            start = command + i + 1;
    length -= (size_t)(start - command);
    return length > 0 && strlen(program) == length && memcmp(start, program, length) == 0;
}

/* The first program, or one that an entrypoint script executed in the end. */
static bool has_program(const struct used_recording *used, const char *name)
{
    if (used->program && strcmp(used->program, name) == 0)
        return true;
    for (size_t i = 0; i < used->recording->image_count; i++) {
        const char *path = recording_text(used->recording, used->recording->images[i].path);
        const char *slash = path ? strrchr(path, '/') : NULL;
        if (slash && strcmp(slash + 1, name) == 0)
            return true;
    }
    return false;
}

static bool is_tied(const struct used_recording *used, const struct subject *container, enum usage_tie tie, bool only)
{
    const char *name = container_name(container);
    if ((used->container != NULL) != (tie == TIE_OPTION))
        return false;
    switch (tie) {
    case TIE_OPTION:
        return strcmp(used->container, name) == 0 &&
               (!used->workload || (container->names.name && strcmp(used->workload, container->names.name) == 0));
    case TIE_ONLY:
        return only;
    case TIE_NAME:
        return *name && has_program(used, name);
    case TIE_COMMAND:
        return used->program && begins_with_program(node_text_at(container->facts, "command"), used->program);
    case TIE_COUNT:
        break;
    }
    return false;
}

static char *describe(const struct subject *container, const char *path)
{
    const struct finding_subject *names = &container->names;
    AUTO_BUF struct buf words = BUF_INIT;
    buf_add_text(&words, names->kind ? names->kind : "container");
    if (names->name) {
        buf_add_char(&words, ' ');
        if (names->namespace_) {
            text_escape(&words, names->namespace_, strlen(names->namespace_));
            buf_add_char(&words, '/');
        }
        text_escape(&words, names->name, strlen(names->name));
    }
    if (names->container) {
        buf_add_text(&words, ", container ");
        text_escape(&words, names->container, strlen(names->container));
    }
    buf_add_text(&words, " in ");
    text_escape(&words, path, strlen(path));
    return buf_take(&words);
}

static void count_candidate(struct candidates *candidates, const struct subject *container, const char *path)
{
    char *words = describe(container, path);
    candidates->count++;
    if (!candidates->first || strcmp(words, candidates->first) < 0) {
        free(candidates->first);
        candidates->first = words;
        return;
    }
    free(words);
}

static const char *name_of(struct arena *arena, size_t recording, unsigned ties)
{
    return arena_printf(arena, "%zu %u", recording, ties);
}

const char *usage_match_ask(struct usage_match *match, size_t recording, const struct subject *container, bool only,
                            const char *path, struct arena *arena)
{
    const struct used_recording *used = used_recordings_get(match->recordings, recording);
    unsigned ties = 0;
    for (enum usage_tie tie = 0; tie < TIE_COUNT; tie++)
        if (is_tied(used, container, tie, only))
            ties |= 1u << tie;
    if (ties == 0)
        return NULL;
    (void)pthread_mutex_lock(&match->lock);
    for (enum usage_tie tie = 0; tie < TIE_COUNT && !match->resolved; tie++)
        if (ties >> tie & 1)
            count_candidate(&match->states[recording].by[tie], container, path);
    (void)pthread_mutex_unlock(&match->lock);
    return name_of(arena, recording, ties);
}

/* ---- all of them ----------------------------------------------------------------------------------- */

/* The strongest tie that points at one container; TIE_COUNT when there is none. */
static enum usage_tie deciding_tie(const struct usage_match *match, size_t recording)
{
    const struct state *state = &match->states[recording];
    if (state->by[TIE_OPTION].count > 0)
        return TIE_OPTION;
    if (match->containers == 1 && state->by[TIE_ONLY].count == 1)
        return TIE_ONLY;
    /* A name that many have decides nothing, and a weaker sign does not decide between them. */
    for (enum usage_tie tie = TIE_NAME; tie <= TIE_COMMAND; tie++)
        if (state->by[tie].count > 0)
            return state->by[tie].count == 1 ? tie : TIE_COUNT;
    return TIE_COUNT;
}

static char *why_not(const struct usage_match *match, size_t recording)
{
    const struct used_recording *used = used_recordings_get(match->recordings, recording);
    const struct state *state = &match->states[recording];
    if (used->container)
        return mem_printf("no container is called %s%s%s", used->workload ? used->workload : "", used->workload ? "/" : "",
                          used->container);
    if (match->containers == 0)
        return mem_strdup("there is no container in the input");
    for (enum usage_tie tie = TIE_NAME; tie <= TIE_COMMAND; tie++)
        if (state->by[tie].count > 1)
            return mem_printf("it could be of %zu containers, such as %s; say which: --recording CONTAINER=FILE",
                              state->by[tie].count, state->by[tie].first);
    AUTO_BUF struct buf program = BUF_INIT;
    const char *name = used->program ? used->program : "its program";
    text_escape(&program, name, strlen(name));
    return mem_printf("none of %zu containers is called %s or begins its command with it; say which: --recording CONTAINER=FILE",
                      match->containers, buf_text(&program));
}

void usage_match_resolve(struct usage_match *match, struct context *context)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    match->resolved = true;
    for (size_t i = 0; i < match->count; i++) {
        enum usage_tie tie = deciding_tie(match, i);
        if (tie == TIE_COUNT)
            match->states[i].why = why_not(match, i);
        for (unsigned ties = 0; tie != TIE_COUNT && ties < 1u << TIE_COUNT; ties++)
            if (ties >> tie & 1)
                context_add(context, CONTEXT_RECORDING, "", name_of(arena, i, ties), "");
    }
}

size_t usage_match_count(const struct usage_match *match)
{
    return match->count;
}

struct usage_answer usage_match_answer(const struct usage_match *match, size_t recording)
{
    const struct used_recording *used = used_recordings_get(match->recordings, recording);
    const struct state *state = &match->states[recording];
    enum usage_tie tie = deciding_tie(match, recording);
    if (tie == TIE_COUNT)
        return (struct usage_answer){.name = used->name, .why = state->why};
    return (struct usage_answer){.name = used->name, .matched = true, .tie = tie, .containers = state->by[tie].count,
                                 .container = state->by[tie].first};
}
