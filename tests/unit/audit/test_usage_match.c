/* Which recording is of which container, over whole audits of small files. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit/audit.h"
#include "audit/used_recordings.h"
#include "base/file.h"
#include "model/recording_file.h"

/* Files are made from words: "web:/usr/bin/web -v" is a pod of one container with its command, "a+b" one of two, ">init" before a
 * name an init container. */
static void add_container(struct buf *out, char *words)
{
    const char *name = strsep(&words, ":");
    buf_printf(out, "    - {name: %s, image: x", name);
    if (words)
        buf_printf(out, ", command: [\"%s\"]", words);
    buf_add_text(out, "}\n");
}

static void add_containers(struct buf *out, const char *list, char *words, bool init)
{
    bool any = false;
    for (char *one; (one = strsep(&words, "+"));) {
        if ((one[0] == '>') != init)
            continue;
        if (!any)
            buf_printf(out, "  %s:\n", list);
        any = true;
        add_container(out, one + init);
    }
}

static void write_pod(const char *directory, const char *name, const char *words)
{
    AUTO_BUF struct buf text = BUF_INIT;
    struct err err = ERR_INIT;
    AUTO_FREE char *path = mem_printf("%s/%s.yaml", directory, name);
    buf_printf(&text, "apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\nspec:\n", name);
    for (int init = 0; init < 2; init++) {
        AUTO_FREE char *copy = mem_strdup(words);
        add_containers(&text, init ? "initContainers" : "containers", copy, init);
    }
    cr_assert_eq(file_write(path, text.data, text.length, FILE_CREATE, 0600, &err), 0, "%s", err.sentence);
}

static const char recording_text_of[] =
    "{\"schema\": \"profgen-recording/1\", \"complete\": true, \"losses\": [],\n"
    " \"runs\": [{\"command\": [\"/usr/bin/entry\", \"web\"], \"end\": \"exited\"}],\n"
    " \"images\": [{\"path\": \"/usr/bin/entry\", \"execs\": 1, \"processes\": 1, \"syscalls\": {}},\n"
    "  {\"path\": \"/usr/sbin/web\", \"execs\": 1, \"processes\": 1, \"syscalls\": {}}],\n"
    " \"facts\": [], \"paths\": []}\n";

static const struct {
    const char *pods;      /* one a file, parted by blanks */
    const char *container; /* of --recording; NULL */
    const char *matched;   /* what is said of it, a part of the text; NULL: not matched */
    const char *words;     /* by what, or why not: a part */
    size_t containers;
} rows[] = {
    {"other", NULL, "Pod p0, container other in", "the only container", 1},
    {">prepare+other", NULL, "container other in", "the only container", 1},
    {"a web", NULL, "Pod p1, container web in", "named as a recorded program", 1},
    {"entry a", NULL, "container entry in", "named as a recorded program", 1},
    {"a b:/opt/entry c", NULL, "Pod p1, container b in", "its command begins", 1},
    {"a b:/opt/entry web", NULL, "Pod p2, container web in", "named as a recorded program", 1},
    {"a b", NULL, NULL, "none of 2 containers is called entry", 0},
    {"web web a", NULL, NULL, "it could be of 2 containers, such as Pod p0, container web in", 0},
    {"web+entry", NULL, NULL, "it could be of 2 containers", 0},
    {"a:/entry b:entry", NULL, NULL, "it could be of 2 containers", 0},
    {"a b", "b", "Pod p1, container b in", "named by --recording", 1},
    {"web b", "b", "container b in", "named by --recording", 1},
    {"b a b", "b", "Pod p0, container b in", "named by --recording", 2},
    {"b b", "p1/b", "Pod p1, container b in", "named by --recording", 1},
    {"b b", "p2/b", NULL, "no container is called p2/b", 0},
    {"web", "c", NULL, "no container is called c", 0},
    {"", NULL, NULL, "there is no container in the input", 0},
};

struct counts {
    size_t findings, containers;
};

/* Of the rules that recordings are judged by; every container has some of others. */
static struct counts count_findings(const struct audit_result *result)
{
    struct counts counts = {0};
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(result);
    for (const struct audit_entry *entry; (entry = audit_cursor_next(&cursor));)
        for (size_t i = 0; i < entry->finding_count; i++) {
            bool own = strncmp(entry->findings[i].rule->id, "PG0", 3) == 0;
            counts.findings += own;
            counts.containers += own && strcmp(entry->findings[i].rule->name, "capabilities-never-needed") == 0;
        }
    return counts;
}

static void check_row(size_t row, unsigned threads)
{
    struct err err = ERR_INIT;
    char directory[] = "/tmp/profgen-match-XXXXXX";
    cr_assert_not_null(mkdtemp(directory));
    AUTO_FREE char *words = mem_strdup(rows[row].pods);
    char *rest = words;
    size_t files = 0;
    for (char *one; (one = strsep(&rest, " "));) {
        AUTO_FREE char *name = mem_printf("p%zu", files);
        if (*one)
            write_pod(directory, name, one);
        files += *one != '\0';
    }
    AUTO_FREE char *file = mem_printf("%s/recording", directory);
    AUTO_FREE char *spec = rows[row].container ? mem_printf("%s=%s", rows[row].container, file) : mem_strdup(file);
    cr_assert_eq(file_write(file, recording_text_of, strlen(recording_text_of), FILE_CREATE, 0600, &err), 0);
    AUTO(used_recordings_free_cleanup) struct used_recordings *recordings = used_recordings_new();
    cr_assert_eq(used_recordings_add(recordings, spec, &err), 0, "%s", err.sentence);
    used_recordings_prepare(recordings);
    AUTO(rule_set_free_cleanup) struct rule_set *rules = rule_set_new();
    cr_assert_eq(rule_set_add_built_in(rules, &err), 0);
    char *paths[] = {directory};
    const struct audit_request request = {.paths = paths, .path_count = 1, .rules = rules, .threads = threads,
                                          .judge = {.minor = PSS_VERSION_NEWEST}, .recordings = recordings, .today = "2026-11-22"};
    struct audit_result result;
    cr_assert_eq(audit_run(&request, &result, &err), 0, "%s", err.sentence);
    cr_assert_eq(result.recording_count, 1);
    const struct audit_recording *said = &result.recordings[0];
    const char *by = said->tie ? said->tie : said->why;
    if (rows[row].matched)
        cr_expect(said->container && strstr(said->container, rows[row].matched), "%s: %s", rows[row].pods, said->container);
    else
        cr_expect_null(said->container, "%s: %s", rows[row].pods, said->container);
    cr_expect(strstr(by, rows[row].words), "%s: %s", rows[row].pods, by);
    cr_expect_eq(said->containers, rows[row].containers, "%s", rows[row].pods);
    struct counts counts = count_findings(&result);
    cr_expect_eq(counts.containers, rows[row].containers, "%s: %zu containers are judged", rows[row].pods, counts.containers);
    cr_expect_eq(counts.findings > 0, rows[row].containers > 0, "%s", rows[row].pods);
    audit_result_free(&result);
    for (size_t i = 0; i < files; i++) {
        AUTO_FREE char *path = mem_printf("%s/p%zu.yaml", directory, i);
        (void)unlink(path);
    }
    (void)unlink(file);
    (void)rmdir(directory);
}

Test(usage_match, by_what_the_input_shows)
{
    for (size_t row = 0; row < ARRAY_COUNT(rows); row++) {
        check_row(row, 1);
        check_row(row, 4);
    }
}

static const struct {
    const char *spec; /* %s is the file */
    const char *error; /* a part; NULL: it is read */
} specs[] = {
    {"%s", NULL},
    {"web=%s", NULL},
    {"shop/web=%s", NULL},
    {"a/b/c=%s", "a/b/c="},      /* no name of a container: the whole is a file */
    {"../web=%s", "../web="},
    {"=%s", "="},
    {"web=%s.gone", "No such file"},
};

Test(usage_match, how_recordings_are_named)
{
    for (size_t i = 0; i < ARRAY_COUNT(specs); i++) {
        struct err err = ERR_INIT;
        char file[] = "/tmp/profgen-match-XXXXXX";
        int fd = mkstemp(file);
        cr_assert_geq(fd, 0);
        cr_assert_eq(write(fd, recording_text_of, strlen(recording_text_of)), (ssize_t)strlen(recording_text_of));
        (void)close(fd);
        const char *percent = strchr(specs[i].spec, '%');
        AUTO_FREE char *spec = mem_printf("%.*s%s%s", (int)(percent - specs[i].spec), specs[i].spec, file, percent + 2);
        AUTO(used_recordings_free_cleanup) struct used_recordings *recordings = used_recordings_new();
        int failed = used_recordings_add(recordings, spec, &err);
        cr_expect_eq(failed < 0, specs[i].error != NULL, "%s: %s", spec, err.sentence);
        cr_expect(!specs[i].error || strstr(err.sentence, specs[i].error), "%s: %s", spec, err.sentence);
        (void)unlink(file);
    }
}

/* An interpreter is known by its whole command. */
Test(usage_match, commands_tell_workloads_apart)
{
    static const struct {
        const char *first, *second; /* commands, as JSON has them */
        size_t count;
    } pairs[] = {
        {"\"nginx\"", "\"nginx\"", 1},
        {"\"nginx\", \"-c\", \"a\"", "\"/usr/sbin/nginx\"", 1},
        {"\"nginx\"", "\"redis\"", 2},
        {"\"sh\", \"a.sh\"", "\"sh\", \"b.sh\"", 2},
        {"\"sh\", \"a.sh\"", "\"sh\"", 2},
        {"\"sh\", \"a.sh\"", "\"sh\", \"a.sh\"", 1},
        {"\"/usr/bin/python3.11\", \"a.py\"", "\"/usr/bin/python3.11\", \"b.py\"", 2},
        {"\"/docker-entrypoint.sh\", \"a\"", "\"/docker-entrypoint.sh\", \"b\"", 2},
    };
    for (size_t i = 0; i < ARRAY_COUNT(pairs); i++) {
        const char *commands[] = {pairs[i].first, pairs[i].second};
        AUTO(used_recordings_free_cleanup) struct used_recordings *recordings = used_recordings_new();
        for (size_t k = 0; k < 2; k++) {
            struct recording *recording = NULL;
            struct err err = ERR_INIT;
            AUTO_FREE char *text = mem_printf("{\"schema\": \"profgen-recording/1\", \"complete\": true, \"losses\": [], \"runs\": "
                                              "[{\"command\": [%s], \"end\": \"exited\"}], \"images\": [], \"facts\": [], \"paths\": []}",
                                              commands[k]);
            cr_assert_eq(recording_parse("r", text, strlen(text), &recording, &err), 0, "%s", err.sentence);
            used_recordings_put(recordings, "r", NULL, recording);
        }
        cr_expect_eq(used_recordings_count(recordings), pairs[i].count, "%s and %s", pairs[i].first, pairs[i].second);
    }
}

/* Two of one container are one, and so are two that began with the same program. */
Test(usage_match, recordings_of_one_workload_are_one)
{
    static const struct {
        const char *first, *second;
        size_t count;
    } pairs[] = {{"", "", 1}, {"web=", "web=", 1}, {"web=", "", 2}, {"web=", "api=", 2}, {"a/web=", "web=", 2}};
    for (size_t i = 0; i < ARRAY_COUNT(pairs); i++) {
        struct err err = ERR_INIT;
        char file[] = "/tmp/profgen-match-XXXXXX";
        int fd = mkstemp(file);
        cr_assert_eq(write(fd, recording_text_of, strlen(recording_text_of)), (ssize_t)strlen(recording_text_of));
        (void)close(fd);
        AUTO_FREE char *first = mem_printf("%s%s", pairs[i].first, file);
        AUTO_FREE char *second = mem_printf("%s%s", pairs[i].second, file);
        AUTO(used_recordings_free_cleanup) struct used_recordings *recordings = used_recordings_new();
        cr_assert_eq(used_recordings_add(recordings, first, &err), 0, "%s", err.sentence);
        cr_assert_eq(used_recordings_add(recordings, second, &err), 0, "%s", err.sentence);
        used_recordings_prepare(recordings);
        cr_expect_eq(used_recordings_count(recordings), pairs[i].count, "%s and %s", first, second);
        (void)unlink(file);
    }
}
