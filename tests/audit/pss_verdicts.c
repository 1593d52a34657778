/*
 * Judges pods by profgen's own checks, for comparison with upstream: one JSON pod a line in, out what
 * pss_upstream/main.go writes.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/node_in.h"
#include "unit/audit/pss_verdicts.h"

/* Judges the pod of one line; false when it cannot be read. */
static bool judge(const char *line, size_t length, struct buf *out)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    struct node_stream stream;
    struct err err = ERR_INIT;
    if (json_read("pod", line, length, arena, &stream, &err) || stream.count != 1) {
        (void)fprintf(stderr, "%s\n", err.sentence);
        return false;
    }
    struct pss_pod pod = {.metadata = node_get(stream.documents[0], "metadata"),
                          .spec = node_get(stream.documents[0], "spec")};
    pss_verdicts(&pod, arena, out);
    return true;
}

int main(void)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    bool good = true;
    for (unsigned number = 1; good && (length = getline(&line, &capacity, stdin)) > 0; number++) {
        AUTO_BUF struct buf out = BUF_INIT;
        good = judge(line, (size_t)length, &out);
        printf("pod %u\n%s", number, buf_text(&out));
    }
    free(line);
    return good ? 0 : 1;
}
