#include "audit/audit_recordings.h"

struct audit_recording *audit_recordings_new(const struct usage_match *match, size_t *ret_count)
{
    size_t count = usage_match_count(match);
    struct audit_recording *recordings = count > 0 ? mem_zero(count, sizeof(*recordings)) : NULL;
    for (size_t i = 0; i < count; i++) {
        const struct usage_answer answer = usage_match_answer(match, i);
        recordings[i] = (struct audit_recording){
            .name = mem_strdup(answer.name),
            .container = answer.matched ? mem_strdup(answer.container) : NULL,
            .containers = answer.containers,
            .tie = answer.matched ? usage_tie_words(answer.tie) : NULL,
            .why = answer.why ? mem_strdup(answer.why) : NULL,
        };
    }
    *ret_count = count;
    return recordings;
}

void audit_recordings_free(struct audit_recording *recordings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(recordings[i].name);
        free(recordings[i].container);
        free(recordings[i].why);
    }
    free(recordings);
}
