#include "model/recording_file.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"

/* ---- a recording with something of everything ------------------------------------------------- */

static const char *const hostile_paths[] = {
    "/",
    "/with space",
    "/quote\"and'apostrophe",
    "/back\\slash",
    "/\\x41 is not A",
    "/new\nline\ttab\x1b[31m\x7f",
    "/not utf-8 \xff\xfe\xc3",
    "/overlong \xc0\xaf surrogate \xed\xa0\x80 beyond \xf4\x90\x80\x80",
    "/C1 control \xc2\x9b",
    "/umlaut \xc3\xa4 emoji \xf0\x9f\x98\x80 noncharacter \xef\xbf\xbf",
    "/glob [a-z]*?{x,y}@{HOME}#,^",
};

static void add_calls(struct recording *recording, uint32_t image)
{
    struct call_record *socket = recording_call(recording, image, ABI_X86_64, 41);
    socket->count[PHASE_STARTUP] = 3;
    socket->count[PHASE_SERVING] = UINT64_C(1) << 40;
    socket->first_ns = 123456789;
    call_record_result(socket, 0, 7);
    call_record_result(socket, EAFNOSUPPORT, 2);
    call_record_result(socket, 512, 1);
    call_record_result(socket, 4095, 1);
    for (uint64_t i = 0; i <= ARG_VALUES_MAX; i++)
        call_record_arg(socket, 0, i * i);
    call_record_arg(socket, 5, UINT64_MAX);
    call_record_arg(socket, 5, (UINT64_C(1) << 53) + 1);
    recording_call(recording, image, ABI_X86_64, 1000)->count[PHASE_STARTUP] = 1;
    recording_call(recording, image, ABI_X86_64, UINT32_MAX)->count[PHASE_STARTUP] = 1;
    recording_call(recording, image, ABI_I386, 41)->count[PHASE_SERVING] = 1;
}

static void add_run(struct recording *recording)
{
    struct run *run = recording_add_run(recording);
    run->command = mem_zero(2, sizeof(*run->command));
    run->command[run->command_count++] = recording_string(recording, "./server");
    run->command[run->command_count++] = recording_string(recording, "--name=\xff");
    run->directory = recording_string(recording, "/srv");
    run->kernel = recording_string(recording, "6.18.44-amd64");
    run->libc = recording_string(recording, "glibc 2.36");
    run->user_id = UINT32_MAX;
    run->started = -5;
    run->duration_ns = 5000000000;
    run->serving_ns = 7;
    run->serving_sign = recording_string(recording, "listen, then epoll_wait");
    run->end = END_SIGNALED;
    run->end_value = 9;
    run->resources.peak_memory_bytes = 1 << 20;
    run->resources.written_bytes = 99;
    recording_loss(recording, run, LOSS_IO_URING, 3, "io_uring_setup in /bin/\xc3");
}

static struct recording *example(void)
{
    struct recording *recording = recording_new();
    add_run(recording);
    uint32_t name = recording_string(recording, "/usr/bin/server");
    uint32_t server = recording_image(recording, name, recording_string(recording, "/lib64/ld.so"), STRING_NONE);
    uint32_t script = recording_image(recording, name, STRING_NONE, recording_string(recording, "/bin/\xfe.sh"));
    recording->images[server].execs = 1;
    recording->images[server].processes = 4;
    add_calls(recording, server);
    for (size_t i = 0; i < ARRAY_COUNT(hostile_paths); i++) {
        uint32_t path = recording_string(recording, hostile_paths[i]);
        recording_path(recording, path, server, PHASE_STARTUP, ACCESS_READ | ACCESS_MAP_EXEC, FILE_REGULAR);
        recording_path(recording, path, script, PHASE_SERVING, ACCESS_PROBE, FILE_UNKNOWN)->probe_error = ENOENT;
    }
    struct fact fact = {.kind = FACT_SOCKET,
                        .image = server,
                        .subject = recording_string(recording, "inet stream tcp"),
                        .object = STRING_NONE,
                        .note = STRING_NONE,
                        .value = UINT64_C(2) << 32 | 1 << 16 | 6};
    recording_fact(recording, &fact, PHASE_STARTUP, 2);
    fact.kind = FACT_MOUNT;
    fact.object = fact.note = fact.subject;
    fact.value = UINT64_MAX;
    recording_fact(recording, &fact, PHASE_SERVING, 1);
    return recording;
}

static struct recording *parse(const struct buf *text)
{
    struct recording *recording = NULL;
    struct err err = ERR_INIT;
    int rc = recording_parse("test", buf_text(text), text->length, &recording, &err);
    cr_assert_eq(rc, 0, "%s", err.sentence);
    return recording;
}

Test(recording_file, what_is_written_reads_back_the_same)
{
    AUTO(recording_free_cleanup) struct recording *recording = example();
    AUTO_BUF struct buf first = BUF_INIT;
    AUTO_BUF struct buf second = BUF_INIT;
    recording_write(recording, &first);
    AUTO(recording_free_cleanup) struct recording *again = parse(&first);
    recording_write(again, &second);
    cr_assert_str_eq(buf_text(&first), buf_text(&second));

    const struct run *run = &again->runs[0];
    cr_assert_eq(run->user_id, UINT32_MAX);
    cr_assert_eq(run->started, -5);
    cr_assert_eq(run->end, END_SIGNALED);
    cr_assert_eq(run->end_value, 9);
    cr_assert_eq(run->machine, STRING_NONE);
    cr_assert_eq(run->resources.written_bytes, 99);
    cr_assert_str_eq(recording_text(again, run->command[1]), "--name=\xff");
    cr_assert_eq(run->losses[LOSS_IO_URING].count, 3);
    cr_assert_str_eq(recording_text(again, run->losses[LOSS_IO_URING].example), "io_uring_setup in /bin/\xc3");
    cr_assert_not(recording_complete(again));

    cr_assert_eq(again->path_count, 2 * ARRAY_COUNT(hostile_paths));
    for (size_t i = 0; i < ARRAY_COUNT(hostile_paths); i++) {
        const struct path_record *path = &again->paths[2 * i];
        cr_assert_str_eq(recording_text(again, path->path), hostile_paths[i]);
        cr_assert_eq(path->did[PHASE_STARTUP], ACCESS_READ | ACCESS_MAP_EXEC);
        cr_assert_eq(path[1].did[PHASE_SERVING], ACCESS_PROBE);
        cr_assert_eq(path[1].probe_error, ENOENT);
        cr_assert_eq(path[1].type, FILE_UNKNOWN);
    }
    cr_assert_str_eq(recording_text(again, again->images[1].script), "/bin/\xfe.sh");
    cr_assert_eq(again->images[1].interpreter, STRING_NONE);

    const struct call_record *call = recording_call(again, 0, ABI_X86_64, 41);
    cr_assert_eq(call->count[PHASE_SERVING], UINT64_C(1) << 40);
    cr_assert_eq(call->result_count, 4);
    cr_assert_eq(call->results[3].error, 4095);
    cr_assert_eq(call->results_seen, 11);
    cr_assert(call->args[0]->overflow);
    cr_assert_eq(call->args[0]->count, ARG_VALUES_MAX);
    cr_assert_not(call->args[5]->overflow);
    cr_assert_eq(call->args[5]->values[0], (UINT64_C(1) << 53) + 1);
    cr_assert_eq(call->args[5]->values[1], UINT64_MAX);
    cr_assert_eq(recording_call(again, 0, ABI_X86_64, UINT32_MAX)->count[PHASE_STARTUP], 1);
    cr_assert_eq(again->facts[0].value, UINT64_C(2) << 32 | 1 << 16 | 6);
    cr_assert_eq(again->facts[1].value, UINT64_MAX);
    cr_assert_eq(again->facts[1].count[PHASE_SERVING], 1);
}

/* Every byte but NUL and '/', each in a path of its own. */
Test(recording_file, any_byte_survives)
{
    AUTO(recording_free_cleanup) struct recording *recording = recording_new();
    uint32_t image = recording_image(recording, recording_string(recording, "/bin/a"), STRING_NONE, STRING_NONE);
    char path[] = "/a?b";
    for (int byte = 1; byte < 256; byte++) {
        path[2] = (char)byte;
        recording_path(recording, recording_string(recording, path), image, PHASE_STARTUP, ACCESS_READ,
                       FILE_REGULAR);
    }
    AUTO_BUF struct buf text = BUF_INIT;
    recording_write(recording, &text);
    for (size_t i = 0; i < text.length; i++)
        cr_assert(text.data[i] == '\n' || (text.data[i] >= ' ' && text.data[i] != 0x7f), "byte %zu", i);
    AUTO(recording_free_cleanup) struct recording *again = parse(&text);
    cr_assert_eq(again->path_count, 255);
    for (int byte = 1; byte < 256; byte++) {
        path[2] = (char)byte;
        cr_assert_str_eq(recording_text(again, again->paths[byte - 1].path), path);
    }
}

Test(recording_file, a_path_takes_one_line)
{
    AUTO(recording_free_cleanup) struct recording *recording = example();
    AUTO_BUF struct buf text = BUF_INIT;
    recording_write(recording, &text);
    cr_assert_not_null(strstr(buf_text(&text), "\n  {\"path\": \"/with space\", \"image\": 0, \"type\": \"regular\", "
                                               "\"startup\": [\"read\", \"map-exec\"]},\n"));
    cr_assert_not_null(strstr(buf_text(&text), "\n  {\"path\": \"/with space\", \"image\": 1, "
                                               "\"serving\": [\"probe\"], \"probe_error\": \"ENOENT\"},\n"));
}

/* ---- malformed inputs ----------------------------------------------------------------------------- */

static const char well_formed[] =
    "{\"schema\": \"profgen-recording/1\", \"complete\": false,"
    " \"losses\": [{\"run\": 0, \"cause\": \"path\", \"meaning\": \"m\", \"count\": 1, \"example\": \"e\"}],"
    " \"runs\": [{\"command\": [\"a\"], \"user_id\": 0, \"started\": 0, \"end\": \"exited\", \"end_value\": 0,"
    "   \"resources\": {\"peak_threads\": 1}}],"
    " \"images\": [{\"path\": \"/bin/a\", \"execs\": 1, \"processes\": 1, \"syscalls\": {\"x86_64\": ["
    "   {\"name\": \"read\", \"number\": 0, \"startup\": 1, \"serving\": 0, \"first_ns\": 0, \"results_seen\": 1,"
    "    \"results\": {\"ok\": 1}, \"args\": {\"2\": {\"values\": [1, 5], \"overflow\": false}}},"
    "   {\"name\": \"write\", \"number\": 1, \"startup\": 1, \"serving\": 0, \"first_ns\": 0, \"results_seen\": 0,"
    "    \"results\": {}, \"args\": {}}]}}],"
    " \"facts\": [{\"kind\": \"bind\", \"image\": 0, \"subject\": \"s\", \"value\": 1, \"startup\": 1, \"serving\": 2}],"
    " \"paths\": [{\"path\": \"/etc\", \"image\": 0, \"type\": \"directory\", \"startup\": [\"list\"]}]}";

/* with replaces what in the well-formed text. */
static const struct {
    const char *what;
    const char *with;
    const char *sentence;
} malformed[] = {
    {"{\"schema\"", "{\"schema\"\1", "in.json:1:10: not valid JSON"},
    {"\"paths\": [", "\"paths\": [[", "in.json:1:"},
    {"profgen-recording/1", "profgen-recording/2",
     "in.json: schema: \"profgen-recording/2\" is not \"profgen-recording/1\", which this profgen reads"},
    {"profgen-recording/1", "x\\u001b[31m", "in.json: schema: \"x\\x1b[31m\" is not \"profgen-recording/1\""},
    {"\"schema\"", "\"Schema\"", "in.json: is not a profgen recording: there is no \"schema\" in it"},
    {"\"complete\": false", "\"complete\": true",
     "in.json: complete: says true, but there is a loss or a run that has not ended"},
    {"\"complete\": false", "\"complete\": 0", "in.json: complete: is neither true nor false"},
    {"\"complete\": false,", "", "in.json: has no \"complete\""},
    {"\"complete\": false", "\"complete\": false, \"sockets\": []", "in.json: unknown key \"sockets\""},
    {"\"cause\": \"path\"", "\"cause\": \"paht\"", "in.json: losses[0].cause: \"paht\" is no known cause of a loss"},
    {"\"run\": 0", "\"run\": 1", "in.json: losses[0]: names a run that is not there"},
    {"\"count\": 1", "\"count\": 0", "in.json: losses[0]: counts nothing"},
    {"\"count\": 1", "\"count\": 1.0", "in.json: losses[0].count: is not a whole number from 0 to"},
    {"\"losses\": [", "\"losses\": [{\"run\": 0, \"cause\": \"path\", \"count\": 1},",
     "in.json: losses[1]: names the same run and cause a second time"},
    {"\"command\": [\"a\"]", "\"command\": \"a\"", "in.json: runs[0].command: is not an array"},
    {"\"command\": [\"a\"]", "\"command\": [\"a\", 1]", "in.json: runs[0].command[1]: is not a string"},
    {"\"command\": [\"a\"]", "\"command\": [\"a\\u0000\"]", "in.json: runs[0].command[0]: holds a NUL byte"},
    {"\"user_id\": 0", "\"user_id\": 4294967296", "in.json: runs[0].user_id: is not a whole number from 0 to 4294967295"},
    {"\"user_id\": 0", "\"user_id\": -1", "in.json: runs[0].user_id: is not a whole number from 0 to 4294967295"},
    {"\"started\": 0", "\"started\": \"now\"", "in.json: runs[0].started: is not a whole number"},
    {"\"end\": \"exited\"", "\"end\": \"done\"", "in.json: runs[0].end: \"done\" is no way for a run to end"},
    {"\"end\": \"exited\", ", "", "in.json: runs[0]: has no \"end\""},
    {"\"peak_threads\": 1", "\"peak_threads\": -1", "in.json: runs[0].resources.peak_threads: is not a whole number"},
    {"{\"peak_threads\": 1}", "7", "in.json: runs[0].resources: is not an object"},
    {"\"execs\": 1", "\"execs\": 99999999999999999999", "not valid JSON: too big integer"},
    {"\"execs\": 1, ", "", "in.json: images[0]: has no \"execs\""},
    {"\"execs\": 1", "\"execs\": 1, \"kind\": 1", "in.json: images[0]: unknown key \"kind\""},
    {"\"x86_64\"", "\"amd64\"", "in.json: images[0].syscalls: unknown key \"amd64\""},
    {"\"name\": \"read\"", "\"name\": \"open\"",
     "in.json: images[0].syscalls.x86_64[0]: system call \"open\" is not number 0 of x86_64; that is read"},
    {"\"name\": \"read\"", "\"name\": \"syscall_7\"",
     "in.json: images[0].syscalls.x86_64[0]: system call \"syscall_7\" is not number 0 of x86_64; that is read"},
    {"\"name\": \"read\", ", "", "in.json: images[0].syscalls.x86_64[0].name: is not a string"},
    {"\"name\": \"write\", \"number\": 1", "\"name\": \"read\", \"number\": 0",
     "in.json: images[0].syscalls.x86_64[1]: number 0 is not above the number before it"},
    {"\"results_seen\": 1", "\"results_seen\": 2",
     "in.json: images[0].syscalls.x86_64[0].results_seen: is not the sum of \"results\""},
    {"\"ok\": 1", "\"EWHAT\": 1", "in.json: images[0].syscalls.x86_64[0].results: \"EWHAT\" is no known error"},
    {"\"ok\": 1", "\"errno_2\": 1", "in.json: images[0].syscalls.x86_64[0].results: \"errno_2\" is no known error"},
    {"\"ok\": 1", "\"errno_4096\": 1", "in.json: images[0].syscalls.x86_64[0].results: \"errno_4096\" is no known"},
    {"\"ok\": 1", "\"ok\": true", "in.json: images[0].syscalls.x86_64[0].results.ok: is not a whole number"},
    {"\"2\": {", "\"6\": {", "in.json: images[0].syscalls.x86_64[0].args: unknown key \"6\""},
    {"[1, 5]", "[5, 5]", "in.json: images[0].syscalls.x86_64[0].args.2.values[1]: is not above the value before it"},
    {"[1, 5]", "[\"5\"]", "args.2.values[0]: is neither a whole number nor \"0x…\""},
    {"[1, 5]", "[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32]",
     "args.2.values[32]: is one more than the 32 values that are kept"},
    {", \"overflow\": false", "", "args.2: has no \"overflow\""},
    {"\"images\": [", "\"images\": [{\"path\": \"/bin/a\", \"execs\": 0, \"processes\": 0, \"syscalls\": {}},",
     "in.json: images[1]: is there a second time"},
    {"\"kind\": \"bind\"", "\"kind\": \"blind\"", "in.json: facts[0].kind: \"blind\" is no known kind of fact"},
    {"\"kind\": \"bind\", \"image\": 0", "\"kind\": \"bind\", \"image\": 1",
     "in.json: facts[0].image: names an image that is not there"},
    {"\"facts\": [", "\"facts\": [{\"kind\": \"bind\", \"image\": 0, \"subject\": \"s\", \"value\": 1, \"startup\": 1, "
                     "\"serving\": 2},",
     "in.json: facts[1]: is there a second time"},
    {"\"/etc\", \"image\": 0", "\"/etc\", \"image\": 4000000000",
     "in.json: paths[0].image: names an image that is not there"},
    {"\"/etc\"", "\"etc\"", "in.json: paths[0].path: is not an absolute path"},
    {"\"/etc\"", "\"\"", "in.json: paths[0].path: is not an absolute path"},
    {"\"/etc\"", "\"/etc/\"", "in.json: paths[0].path: ends with a slash"},
    {"\"/etc\"", "\"/e\\\\tc\"", "in.json: paths[0].path: has a backslash that does not start \\xHH"},
    {"\"/etc\"", "\"/e\\\\x00tc\"", "in.json: paths[0].path: has a backslash that does not start \\xHH"},
    {"\"list\"", "\"list\", \"reed\"", "in.json: paths[0].startup[1]: \"reed\" is no known access"},
    {"\"startup\": [\"list\"]", "\"start-up\": [\"list\"]", "in.json: paths[0]: unknown key \"start-up\""},
    {"\"type\": \"directory\"", "\"type\": \"dir\"", "in.json: paths[0].type: \"dir\" is no known file type"},
    {"\"type\": \"directory\"", "\"probe_error\": \"NOPE\"", "in.json: paths[0].probe_error: \"NOPE\" is no known error"},
    {"\"type\"", "\"path\"", "not valid JSON: duplicate object key"},
    {"\"paths\": [", "\"paths\": [{\"path\": \"/etc\", \"image\": 0},",
     "in.json: paths[1]: names the same path and image a second time"},
};

/* The well-formed text with one thing replaced. */
static void alter(struct buf *text, const char *what, const char *with)
{
    const char *found = strstr(well_formed, what);
    cr_assert_not_null(found, "%s", what);
    buf_add(text, well_formed, (size_t)(found - well_formed));
    buf_add_text(text, with);
    buf_add_text(text, found + strlen(what));
}

static void expect_refusal(const char *bytes, size_t length, const char *sentence)
{
    struct recording *recording = NULL;
    struct err err = ERR_INIT;
    int rc = recording_parse("in.json", bytes, length, &recording, &err);
    cr_expect(rc < 0 && err.code == rc, "expected: %s", sentence);
    cr_expect_null(recording);
    cr_expect_not_null(strstr(err.sentence, sentence), "expected: %s\n     got: %s", sentence, err.sentence);
    cr_expect_null(strchr(err.sentence, '\n'));
}

Test(recording_file, malformed_input_gets_one_sentence_with_its_place)
{
    AUTO_BUF struct buf sound = BUF_INIT;
    buf_add_text(&sound, well_formed);
    AUTO(recording_free_cleanup) struct recording *recording = parse(&sound);
    cr_assert_eq(recording->path_count, 1);
    for (size_t i = 0; i < ARRAY_COUNT(malformed); i++) {
        AUTO_BUF struct buf text = BUF_INIT;
        alter(&text, malformed[i].what, malformed[i].with);
        expect_refusal(buf_text(&text), text.length, malformed[i].sentence);
    }
}

Test(recording_file, foreign_and_truncated_input_is_refused)
{
    static const struct {
        const char *text;
        const char *sentence;
    } inputs[] = {
        {"", "in.json:1:0: not valid JSON"},
        {"[]", "in.json: is not a profgen recording"},
        {"null", "in.json: is not a profgen recording"},
        {"{\"schema\": 1}", "in.json: schema: is not a string"},
        {"\x7f" "ELF", "not valid JSON"},
        {"{\"defaultAction\": \"SCMP_ACT_ERRNO\"}", "is not a profgen recording"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(inputs); i++)
        expect_refusal(inputs[i].text, strlen(inputs[i].text), inputs[i].sentence);
    for (size_t length = 0; length < strlen(well_formed); length++)
        expect_refusal(well_formed, length, "not valid JSON");
}

Test(recording_file, what_may_grow_is_not_refused)
{
    static const struct {
        const char *what;
        const char *with;
    } inputs[] = {
        {"\"peak_threads\": 1", "\"peak_threads\": 1, \"peak_pressure\": {\"x\": []}"},
        {"\"started\": 0", "\"started\": 0, \"container\": \"abc\""},
        {"\"name\": \"read\"", "\"name\": \"syscall_0\""},
        {"\"user_id\": 0, ", ""},
        {"[1, 5]", "[1, \"0xffffffffffffffff\"]"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(inputs); i++) {
        AUTO_BUF struct buf text = BUF_INIT;
        alter(&text, inputs[i].what, inputs[i].with);
        AUTO(recording_free_cleanup) struct recording *recording = parse(&text);
        cr_expect_eq(recording->path_count, 1);
    }
}

Test(recording_file, limits_are_enforced_on_what_is_read)
{
    AUTO_BUF struct buf facts = BUF_INIT;
    buf_add_text(&facts, "\"facts\": [");
    for (unsigned i = 0; i < FACTS_PER_KIND_MAX; i++)
        buf_printf(&facts, "{\"kind\":\"bind\",\"image\":0,\"value\":%u,\"startup\":1,\"serving\":0},", i);
    AUTO_BUF struct buf text = BUF_INIT;
    alter(&text, "\"facts\": [", buf_text(&facts));
    expect_refusal(buf_text(&text), text.length, "facts[4096]: is one more than the 4096 facts of a kind");
}

Test(recording_file, files_that_cannot_be_read_are_named)
{
    struct recording *recording = NULL;
    struct err err = ERR_INIT;
    cr_assert_eq(recording_read("/nonexistent/recording", &recording, &err), -ENOENT);
    cr_assert_not_null(strstr(err.sentence, "/nonexistent/recording"));
    cr_assert_eq(recording_read("/", &recording, &err), -EISDIR);
    cr_assert_null(recording);
}

/* ---- the manual ------------------------------------------------------------------------------------ */

static void expect_in_manual(const char *page, const char *word)
{
    AUTO_FREE char *spaced = mem_printf(" %s", word);
    const char *at = page;
    while ((at = strstr(at, spaced)) && !strchr(" \n", at[strlen(spaced)]))
        at++;
    cr_expect_not_null(at, "man/profgen-recording.5 does not name %s", word);
}

Test(recording_file, the_manual_names_every_key_and_every_word)
{
    AUTO_BUF struct buf page = BUF_INIT;
    struct err err = ERR_INIT;
    cr_assert_eq(file_read(SOURCE_DIR "/man/profgen-recording.5", 1 << 20, &page, &err), 0, "%s", err.sentence);
    for (unsigned i = 0; i < ACCESS_BITS; i++)
        expect_in_manual(buf_text(&page), access_name(i));
    for (unsigned i = 0; i < FILE_TYPE_COUNT; i++)
        expect_in_manual(buf_text(&page), file_type_name((enum file_type)i));
    for (unsigned i = 0; i < FACT_KIND_COUNT; i++)
        expect_in_manual(buf_text(&page), fact_kind_name((enum fact_kind)i));
    for (unsigned i = 0; i < END_COUNT; i++)
        expect_in_manual(buf_text(&page), run_end_name((enum run_end)i));
    for (unsigned i = 0; i < LOSS_CAUSE_COUNT; i++)
        expect_in_manual(buf_text(&page), loss_cause_name((enum loss_cause)i));
    for (unsigned i = 0; i < ABI_COUNT; i++)
        expect_in_manual(buf_text(&page), arch_get((enum abi)i)->name);

    AUTO(recording_free_cleanup) struct recording *recording = example();
    AUTO_BUF struct buf text = BUF_INIT;
    recording_write(recording, &text);
    unsigned keys = 0;
    for (const char *end = buf_text(&text); (end = strstr(end, "\": ")); end++) {
        const char *start = end;
        while (start[-1] != '"')
            start--;
        AUTO_FREE char *key = mem_dup(start, (size_t)(end - start));
        /* Names of errors are keys as well. */
        if (key[0] == 'E' || strncmp(key, "errno_", 6) == 0 || (key[0] >= '1' && key[0] <= '4'))
            continue;
        expect_in_manual(buf_text(&page), key);
        keys++;
    }
    cr_assert_gt(keys, 100);
}
