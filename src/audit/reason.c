#include "audit/reason.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const char *plain(struct arena *arena, const char *words)
{
    AUTO_BUF struct buf text = BUF_INIT;
    text_escape(&text, words, strlen(words));
    return arena_strdup(arena, buf_text(&text));
}

/* ":12:3: words" gives the numbers and leads to the words; anything else leaves at where it is. */
static bool take_place(const char **at, struct reason *reason)
{
    char *end;
    if ((*at)[0] != ':' || !isdigit((unsigned char)(*at)[1]))
        return false;
    unsigned long line = strtoul(*at + 1, &end, 10);
    if (end[0] != ':' || !isdigit((unsigned char)end[1]))
        return false;
    unsigned long column = strtoul(end + 1, &end, 10);
    if (strncmp(end, ": ", 2) != 0 || line > UINT32_MAX || column > UINT32_MAX)
        return false;
    reason->line = (uint32_t)line;
    reason->column = (uint32_t)column;
    *at = end + 2;
    return true;
}

/* "NAME: words" and "NAME:LINE:COLUMN: words": the words, or NULL. */
static const char *words_behind(const char *name, const char *sentence, struct reason *reason)
{
    size_t length = strlen(name);
    const char *at = sentence + length;
    if (length == 0 || strncmp(sentence, name, length) != 0)
        return NULL;
    if (take_place(&at, reason))
        return at;
    return strncmp(at, ": ", 2) == 0 ? at + 2 : NULL;
}

/* "cannot read NAME: words": whether it is that; the words with their colon, and how long the beginning is. */
static bool words_around(const char *name, const char *sentence, const char **ret_words, size_t *ret_verb)
{
    static const char *const verbs[] = {"cannot open ", "cannot read "};
    size_t length = strlen(name);
    for (size_t i = 0; i < ARRAY_COUNT(verbs); i++) {
        size_t verb = strlen(verbs[i]);
        if (strncmp(sentence, verbs[i], verb) == 0 && strncmp(sentence + verb, name, length) == 0 &&
            strncmp(sentence + verb + length, ": ", 2) == 0) {
            *ret_words = sentence + verb + length;
            *ret_verb = verb - 1;
            return true;
        }
    }
    return false;
}

struct reason reason_of(struct arena *arena, const char *name, const char *sentence)
{
    struct reason reason = {0};
    size_t verb;
    const char *words = words_behind(name, sentence, &reason);
    if (!words && words_around(name, sentence, &words, &verb)) {
        AUTO_FREE char *joined = mem_printf("%.*s%s", (int)verb, sentence, words);
        reason.words = plain(arena, joined);
        return reason;
    }
    reason.words = plain(arena, words ? words : sentence);
    return reason;
}
