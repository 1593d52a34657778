/* How saturated an observation was, as a table of recordings. */
#include "model/saturation.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "model/syscall.h"

/* "DURATION: NAME@SECOND NAME@SECOND…", in seconds. */
static struct recording *recording_of(const char *text)
{
    struct recording *recording = recording_new();
    struct run *run = recording_add_run(recording);
    run->duration_ns = strtoull(text, NULL, 10) * 1000000000u;
    uint32_t image = recording_image(recording, recording_string(recording, "/a"), STRING_NONE, STRING_NONE);
    char copy[128];
    char *rest = copy;
    (void)snprintf(copy, sizeof(copy), "%s", strchr(text, ':') + 2);
    for (char *name; (name = strsep(&rest, " "));) {
        char *at = strchr(name, '@');
        *at = '\0';
        struct call_record *call =
            recording_call(recording, image, ABI_X86_64, (uint64_t)syscall_number(ABI_X86_64, name));
        call->count[PHASE_STARTUP] = 1;
        call->first_ns = strtoull(at + 1, NULL, 10) * 1000000000u;
    }
    return recording;
}

static const struct {
    const char *recordings[3];
    size_t calls;
    size_t in_one;
    const char *last;
    bool reached;
} rows[] = {
    {{"10: read@0 write@1"}, 2, 0, "write", true},
    {{"10: read@0 write@5"}, 2, 0, "write", true},
    {{"10: read@0 write@6"}, 2, 0, "write", false},
    {{"10: read@0 write@1 exit_group@10"}, 3, 0, "write", true}, /* ending is no sign */
    {{"0: read@0"}, 1, 0, "read", true},
    {{"10: read@0 write@1", "100: write@2 read@1"}, 2, 0, "write", true},
    {{"10: read@0 write@1", "100: read@1"}, 2, 1, "write", false},
    {{"10: read@0 write@1", "2: read@0 write@2"}, 2, 0, "write", false}, /* later by share, not by clock */
    {{"10: read@0", "10: read@0 close@1", "10: read@0 close@1 lseek@2"}, 3, 1, "lseek", false},
};

Test(saturation, is_measured)
{
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const struct recording *recordings[3];
        struct recording *owned[3] = {NULL};
        size_t count = 0;
        for (; count < 3 && rows[i].recordings[count]; count++)
            recordings[count] = owned[count] = recording_of(rows[i].recordings[count]);
        struct saturation result;
        saturation_measure(recordings, count, &result);
        char name[SYSCALL_NAME_MAX];
        cr_expect_eq(result.calls, rows[i].calls, "row %zu", i);
        cr_expect_eq(result.calls_in_one, rows[i].in_one, "row %zu", i);
        cr_expect_str_eq(syscall_name(result.last_abi, result.last_number, name), rows[i].last, "row %zu", i);
        cr_expect_eq(saturation_reached(&result), rows[i].reached, "row %zu", i);
        for (size_t j = 0; j < count; j++)
            recording_free(owned[j]);
    }
}

Test(saturation, is_described)
{
    AUTO(recording_free_cleanup) struct recording *recording = recording_of("20: read@0 accept4@5");
    struct saturation result;
    saturation_measure((const struct recording *const[]){recording}, 1, &result);
    AUTO_BUF struct buf text = BUF_INIT;
    saturation_describe(&result, &text);
    cr_expect_str_eq(text.data, "the last new system call (accept4) came 5.0 s into a run of 20.0 s (25%)", "%s", text.data);
}
