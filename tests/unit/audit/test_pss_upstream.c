/* Verdicts of kubernetes/pod-security-admission that were recorded by tests/audit/compare_pss_upstream.sh --record. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/file.h"
#include "base/node_in.h"
#include "pss_verdicts.h"

typedef int reader(const char *name, const char *bytes, size_t length, struct arena *arena, struct node_stream *ret,
                   struct err *err);

/* Judges every line of pods, and writes what pss_upstream/main.go would. */
static size_t judge(const char *pods, reader *read, struct buf *out)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    size_t number = 0;
    for (const char *line = pods; *line;) {
        size_t length = strcspn(line, "\n");
        struct node_stream stream;
        struct err err = ERR_INIT;
        arena_reset(arena);
        cr_assert_eq(read("pod", line, length, arena, &stream, &err), 0, "%zu: %s", number, err.sentence);
        cr_assert_eq(stream.count, 1);
        struct pss_pod pod = {.metadata = node_get(stream.documents[0], "metadata"),
                              .spec = node_get(stream.documents[0], "spec")};
        buf_printf(out, "pod %zu\n", ++number);
        pss_verdicts(&pod, arena, out);
        line += length + (line[length] == '\n');
    }
    return number;
}

/* Says which line is the first that differs. */
static void compare(const char *ours, const char *theirs)
{
    char pod[64] = "";
    while (*ours || *theirs) {
        size_t our_length = strcspn(ours, "\n");
        size_t their_length = strcspn(theirs, "\n");
        if (strncmp(theirs, "pod ", 4) == 0)
            (void)snprintf(pod, sizeof(pod), "%.*s", (int)their_length, theirs);
        cr_assert(our_length == their_length && memcmp(ours, theirs, our_length) == 0,
                  "%s\n  ours     %.*s\n  upstream %.*s", pod, (int)our_length, ours, (int)their_length, theirs);
        ours += our_length + (ours[our_length] == '\n');
        theirs += their_length + (theirs[their_length] == '\n');
    }
}

Test(pss_upstream, recorded)
{
    static reader *const readers[] = {json_read, yaml_read};
    AUTO_BUF struct buf pods = BUF_INIT;
    AUTO_BUF struct buf theirs = BUF_INIT;
    struct err err = ERR_INIT;
    cr_assert_eq(file_read(SOURCE_DIR "/testdata/pss/upstream/pods.jsonl", 1 << 24, &pods, &err), 0, "%s",
                 err.sentence);
    cr_assert_eq(file_read(SOURCE_DIR "/testdata/pss/upstream/verdicts.txt", 1 << 24, &theirs, &err), 0, "%s",
                 err.sentence);
    for (size_t i = 0; i < ARRAY_COUNT(readers); i++) {
        AUTO_BUF struct buf ours = BUF_INIT;
        cr_expect_geq(judge(buf_text(&pods), readers[i], &ours), 200);
        compare(buf_text(&ours), buf_text(&theirs));
    }
}
