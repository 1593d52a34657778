/* From judged files to a result: in the order of the input, whoever was first, with what only the end can tell. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>

#include "audit/audit_window.h"
#include "audit/file_record.h"

static struct rule_set *rules_new(void)
{
    struct err err = ERR_INIT;
    struct rule_set *rules = rule_set_new();
    cr_assert_eq(rule_set_add_built_in(rules, &err), 0, "%s", err.sentence);
    return rules;
}

/* A file of that path with one finding, which stands unless the proviso says otherwise. */
static void write_record(const struct rule_set *rules, const char *path, const struct proviso *proviso, struct buf *record)
{
    struct open_finding finding = {
        .finding = {.rule = &rule_set_get(rules, 3)->info, .severity = SEVERITY_LOW, .line = 4, .column = 3, .end_column = 9,
                    .path = "a.b", .subject = {.kind = "Pod", .name = "p"}, .message = path, .remediation = "do it",
                    .excerpt = NULL, .fingerprint = 42},
        .proviso = proviso ? *proviso : (struct proviso){.fact = -1, .only_with = -1},
    };
    struct audit_pod pod = {.line = 1, .subject = {.kind = "Pod", .namespace_ = "", .name = "p"}, .level = "baseline"};
    struct judged_file judged = {.file = {.path = path, .named = true, .kind = "kubernetes", .status = FILE_ERROR, .reason = "why",
                                          .reason_line = 7, .reason_column = 8, .documents = 3, .documents_other = 1,
                                          .subjects = 2},
                                 .findings = {.items = &finding, .count = 1}, .pods = &pod, .pod_count = 1};
    buf_clear(record);
    file_record_write(&judged, rules, record);
}

static struct audit_store *store_new(const struct rule_set *rules, const char *directory)
{
    return audit_store_new(&(struct audit_request){.rules = rules, .judge = {.minor = 37}, .spool_directory = directory});
}

static void add(struct audit_store *store, const struct rule_set *rules, const char *path, const struct proviso *proviso)
{
    AUTO_BUF struct buf record = BUF_INIT;
    struct err err = ERR_INIT;
    write_record(rules, path, proviso, &record);
    cr_assert_eq(audit_store_add(store, &record, &err), 0, "%s", err.sentence);
}

static void finish(struct audit_store *store, struct audit_result *ret)
{
    struct err err = ERR_INIT;
    cr_assert_eq(audit_store_result(store, ret, &err), 0, "%s", err.sentence);
}

Test(audit_store, a_record_is_read_back_whole)
{
    AUTO(rule_set_free_cleanup) struct rule_set *rules = rules_new();
    struct audit_store *store = store_new(rules, NULL);
    AUTO(audit_result_free) struct audit_result result;
    add(store, rules, "x.yaml", NULL);
    finish(store, &result);
    cr_expect_eq(result.rule_count, rule_set_count(rules));
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(&result);
    const struct audit_entry *entry = audit_cursor_next(&cursor);
    const struct audit_file *file = &entry->file;
    cr_expect(file->named && file->status == FILE_ERROR && file->reason_line == 7 && file->reason_column == 8);
    cr_expect(file->documents == 3 && file->documents_other == 1 && file->subjects == 2);
    cr_expect(strcmp(file->path, "x.yaml") == 0 && strcmp(file->kind, "kubernetes") == 0 && strcmp(file->reason, "why") == 0);
    const struct finding *finding = entry->findings;
    cr_assert_eq(entry->finding_count, 1);
    cr_expect(finding->rule == result.rules[3] && finding->severity == SEVERITY_LOW && finding->file == file);
    cr_expect(finding->line == 4 && finding->column == 3 && finding->end_column == 9 && finding->fingerprint == 42);
    cr_expect(strcmp(finding->path, "a.b") == 0 && strcmp(finding->message, "x.yaml") == 0);
    cr_expect(strcmp(finding->remediation, "do it") == 0 && !finding->excerpt && !finding->suppressed_reason);
    cr_expect(strcmp(finding->subject.name, "p") == 0 && !finding->subject.namespace_ && !finding->subject.container);
    cr_assert_eq(entry->pod_count, 1);
    cr_expect_str_eq(entry->pods->subject.namespace_, "", "empty is not absent");
    cr_expect(strcmp(entry->pods->version, "v1.37") == 0 && strcmp(entry->pods->level, "baseline") == 0);
    cr_expect(entry->pods->file == file && entry->pods->line == 1);
}

/* What a later file says decides over a finding of an earlier one. */
Test(audit_store, provisos_are_answered_at_the_end)
{
    static const struct proviso open = {
        .fact = CONTEXT_RUNTIME_CLASS, .wants = true, .only_with = -1, .namespace_ = "", .name = "gvisor"};
    AUTO(rule_set_free_cleanup) struct rule_set *rules = rules_new();
    for (size_t there = 0; there < 2; there++) {
        struct audit_store *store = store_new(rules, NULL);
        AUTO(audit_result_free) struct audit_result result;
        add(store, rules, "a", &open);
        add(store, rules, "b", NULL);
        if (there)
            context_add(audit_store_context(store), CONTEXT_RUNTIME_CLASS, "", "gvisor", "runsc");
        finish(store, &result);
        cr_expect_eq(result.summary.by_severity[SEVERITY_LOW], there ? 1 : 2);
        cr_expect_eq(result.summary.files_unseen, 0, "documents were seen in them");
    }
}

Test(audit_store, a_file_that_is_judged_again_keeps_its_place)
{
    static const char *const expect[] = {"a", "second", "c"};
    AUTO(rule_set_free_cleanup) struct rule_set *rules = rules_new();
    struct audit_store *store = store_new(rules, NULL);
    AUTO(audit_result_free) struct audit_result result;
    AUTO_BUF struct buf record = BUF_INIT;
    struct err err = ERR_INIT;
    add(store, rules, "a", NULL);
    add(store, rules, "first", NULL);
    add(store, rules, "c", NULL);
    write_record(rules, "second", NULL, &record);
    cr_assert_eq(audit_store_replace(store, 1, &record, &err), 0);
    finish(store, &result);
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(&result);
    for (size_t i = 0; i < ARRAY_COUNT(expect); i++)
        cr_expect_str_eq(audit_cursor_next(&cursor)->findings[0].message, expect[i]);
    cr_expect_null(audit_cursor_next(&cursor));
    cr_expect_eq(result.summary.files, 3);
}

/* ---- the window -------------------------------------------------------------------------------- */

enum { THREADS = 4, RECORDS = 20000 };

struct runner {
    struct audit_window *window;
    const struct rule_set *rules;
    size_t first; /* of the numbers, which are THREADS apart */
    bool good;
};

/* One of the threads is slow to begin with, so that the others must wait for it. */
static void *put_all(void *self)
{
    struct runner *runner = self;
    AUTO_BUF struct buf record = BUF_INIT;
    char path[24];
    runner->good = true;
    if (runner->first == 1)
        (void)usleep(100000);
    for (size_t i = runner->first; i < RECORDS && runner->good; i += THREADS) {
        (void)snprintf(path, sizeof(path), "%zu", i);
        write_record(runner->rules, path, NULL, &record);
        runner->good = audit_window_put(runner->window, i, &record);
    }
    return NULL;
}

static void run(struct runner *runners, struct audit_store *store, const struct rule_set *rules, struct err *err)
{
    pthread_t threads[THREADS];
    AUTO(audit_window_free_cleanup) struct audit_window *window = audit_window_new(store);
    for (size_t i = 0; i < THREADS; i++) {
        runners[i] = (struct runner){.window = window, .rules = rules, .first = i};
        cr_assert_eq(pthread_create(&threads[i], NULL, put_all, &runners[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++)
        (void)pthread_join(threads[i], NULL);
    (void)audit_window_check(window, err);
}

Test(audit_window, records_come_in_order_whoever_is_first)
{
    AUTO(rule_set_free_cleanup) struct rule_set *rules = rules_new();
    struct audit_store *store = store_new(rules, NULL);
    AUTO(audit_result_free) struct audit_result result;
    struct runner runners[THREADS];
    struct err err = ERR_INIT;
    char path[24];
    run(runners, store, rules, &err);
    cr_assert_eq(err.code, 0, "%s", err.sentence);
    finish(store, &result);
    AUTO_AUDIT_CURSOR struct audit_cursor cursor = audit_cursor_init(&result);
    for (size_t i = 0; i < RECORDS; i++) {
        const struct audit_entry *entry = audit_cursor_next(&cursor);
        (void)snprintf(path, sizeof(path), "%zu", i);
        cr_assert(entry && strcmp(entry->file.path, path) == 0, "record %zu", i);
    }
    cr_expect_null(audit_cursor_next(&cursor));
}

/* Nobody waits for ever when the store has failed. */
Test(audit_window, a_store_that_fails_stops_everybody, .timeout = 60)
{
    AUTO(rule_set_free_cleanup) struct rule_set *rules = rules_new();
    AUTO(audit_store_free_cleanup) struct audit_store *store = store_new(rules, "/tmp/profgen-no-such-directory");
    struct runner runners[THREADS];
    struct err err = ERR_INIT;
    run(runners, store, rules, &err);
    cr_expect_eq(err.code, -ENOENT);
    cr_expect(strstr(err.sentence, "profgen-no-such-directory"), "%s", err.sentence);
    for (size_t i = 0; i < THREADS; i++)
        cr_expect_not(runners[i].good, "thread %zu", i);
}
