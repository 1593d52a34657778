#include "cli/nearest.h"

#include <string.h>

#include "base/text.h"

/* Edits that a typing slip explains: a third of the word, and one for the shortest. */
static size_t most_edits(const char *typed)
{
    return 1 + strlen(typed) / 3;
}

struct nearest nearest_init(const char *typed)
{
    return (struct nearest){.typed = typed, .distance = most_edits(typed) + 1};
}

void nearest_offer(struct nearest *nearest, const char *word)
{
    size_t distance = text_distance(nearest->typed, word);
    /* A word that shares no more than its length with the typed one is not meant. */
    if (distance < nearest->distance && distance < strlen(word)) {
        nearest->word = word;
        nearest->distance = distance;
    }
}
