#include "model/seccomp_replay.h"

/* Two filtered arguments with all the values that are kept, four times over. */
enum { TRIES_MAX = 4096 };

bool seccomp_lets_through(struct seccomp_verdict verdict)
{
    return verdict.action == SECCOMP_ALLOW || verdict.action == SECCOMP_LOG;
}

struct seccomp_choices seccomp_choices_of(const struct call_record *call, unsigned indexes)
{
    struct seccomp_choices choices = {.count = {0}};
    for (unsigned i = 0; i < 6; i++) {
        if (!(indexes >> i & 1) || !call->args[i])
            continue;
        choices.values[i] = call->args[i]->values;
        choices.count[i] = call->args[i]->count;
    }
    return choices;
}

/* Counts up like an odometer; false when it is back at its start. */
static bool next_combination(const struct seccomp_choices *choices, size_t at[6])
{
    for (unsigned i = 0; i < 6; i++) {
        if (++at[i] < choices->count[i])
            return true;
        at[i] = 0;
    }
    return false;
}

struct seccomp_tried seccomp_try(const struct seccomp_asker *asker, enum abi abi, uint64_t number,
                                 const struct seccomp_choices *choices, bool any)
{
    struct seccomp_tried tried = {.is_whole = false};
    size_t at[6] = {0};
    for (size_t tries = 0; tries < TRIES_MAX && !tried.is_whole; tries++) {
        uint64_t args[6];
        for (unsigned i = 0; i < 6; i++)
            args[i] = choices->count[i] ? choices->values[i][at[i]] : 0;
        struct seccomp_verdict verdict = asker->ask(asker->context, abi, number, args);
        if (seccomp_lets_through(verdict))
            tried.let_through++;
        else if (tried.refused++ == 0)
            tried.refusal = verdict;
        if (any && tried.let_through)
            break;
        tried.is_whole = !next_combination(choices, at);
    }
    return tried;
}
