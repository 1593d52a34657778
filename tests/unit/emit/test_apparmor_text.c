/* The AppArmor artefact: its head, its self-check, and any path in it. */
#include <criterion/criterion.h>
#include <errno.h>

#include "base/text.h"
#include "emit/apparmor_parser.h"
#include "emit/formats.h"
#include "model/apparmor_derive.h"
#include "model/provenance.h"

static const char *const PATHS[] = {
    "/plain",      "/with space", "/with\"quote", "/with[bracket]", "/with{brace", "/with}brace", "/a,b",     "/#hash",
    "/back\\",     "/back\\slash", "/@{HOME}/x",   "/new\nline",     "/tab\t",      "/\377\376",   "/\303\251", "/star*",
    "/question?",  "/caret^",     "/bang!",       "/'single'",      "/a->b",       "/$HOME",      "/~",       "/end ",
    "/\302\205c1", "/a=b",        "/a:b;c&d|e",   "/(x)",           "/<x>",        "/%20",        "/`x`",     "/\001\177",
};

static struct recording *record(bool complete)
{
    struct recording *recording = recording_new();
    struct run *run = recording_add_run(recording);
    run->end = END_EXITED;
    if (!complete)
        recording_loss(recording, run, LOSS_IO_URING, 3, "one");
    uint32_t image = recording_image(recording, recording_string(recording, "/app"), STRING_NONE, STRING_NONE);
    for (size_t i = 0; i < ARRAY_COUNT(PATHS); i++)
        (void)recording_path(recording, recording_string(recording, PATHS[i]), image, PHASE_STARTUP,
                             ACCESS_READ | ACCESS_WRITE | ACCESS_EXEC, FILE_REGULAR);
    return recording;
}

static void emit(const struct recording *recording, enum apparmor_mode mode, struct buf *out)
{
    struct apparmor_derive_options options = APPARMOR_DERIVE_OPTIONS_DEFAULT;
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = NULL;
    struct err err = ERR_INIT;
    options.mode = mode;
    cr_assert_eq(apparmor_derive(recording, &options, &policy, &err), 0, "%s", err.sentence);
    struct profile profile = {.recording = recording};
    struct emit_input input = {.profile = &profile, .apparmor = policy, .name = "test"};
    cr_assert_eq(emit_apparmor(&input, out, &err), 0, "%s", err.sentence);
}

Test(apparmor_text, says_where_it_comes_from)
{
    for (int complete = 0; complete < 2; complete++) {
        AUTO(recording_free_cleanup) struct recording *recording = record(complete);
        AUTO_BUF struct buf out = BUF_INIT;
        emit(recording, APPARMOR_DENY_LIST, &out);
        cr_expect_eq(strstr(buf_text(&out), "INCOMPLETE") == NULL, complete);
        cr_expect(strstr(buf_text(&out), "\nabi <abi/3.0>,\n"));
        cr_expect(strstr(buf_text(&out), "\nprofile profgen flags=(attach_disconnected,mediate_deleted) {\n"));
        cr_expect(!strstr(buf_text(&out), "include"));
        cr_expect_eq(provenance_state(buf_text(&out), out.length), PROVENANCE_INTACT);
    }
}

Test(apparmor_text, any_path_is_quoted_so_that_it_means_itself)
{
    for (int mode = APPARMOR_DENY_LIST; mode <= APPARMOR_ALLOW_LIST; mode++) {
        AUTO(recording_free_cleanup) struct recording *recording = record(true);
        AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = NULL;
        AUTO_BUF struct buf out = BUF_INIT;
        struct err err = ERR_INIT;
        bool asked = false;
        emit(recording, (enum apparmor_mode)mode, &out);
        cr_assert_eq(apparmor_policy_parse("own", buf_text(&out), out.length, &policy, &err), 0, "%s", err.sentence);
        for (size_t i = 0; i < ARRAY_COUNT(PATHS); i++) {
            AUTO_FREE char *other = mem_printf("%sx", PATHS[i]);
            cr_expect_eq(apparmor_policy_evaluate(policy, PATHS[i], strlen(PATHS[i]), AA_READ | AA_EXEC, false, NULL), 0);
            if (mode == APPARMOR_ALLOW_LIST)
                cr_expect_neq(apparmor_policy_evaluate(policy, other, strlen(other), AA_READ, false, NULL), 0, "%s", other);
        }
        cr_expect_eq(apparmor_parser_check(buf_text(&out), out.length, &asked, &err), 0, "%s\n%s", err.sentence, buf_text(&out));
        (void)printf("%s\n", asked ? "apparmor_parser takes it" : "SKIPPED: apparmor_parser is not installed");
    }
}

Test(apparmor_text, refuses_to_write_what_would_deny_the_recording)
{
    AUTO(recording_free_cleanup) struct recording *recording = record(true);
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = apparmor_policy_new("bare");
    struct profile profile = {.recording = recording};
    struct emit_input input = {.profile = &profile, .apparmor = policy, .name = "bare"};
    AUTO_BUF struct buf out = BUF_INIT;
    struct err err = ERR_INIT;
    cr_expect_eq(emit_apparmor(&input, &out, &err), -EINVAL);
    cr_expect(strstr(err.sentence, "would deny"), "%s", err.sentence);
}
