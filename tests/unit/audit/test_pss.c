/* What pods fail the Pod Security checks at which version, as testdata/pss/cases.yaml tells; and the table of checks. */
#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "audit/pss.h"
#include "base/file.h"
#include "base/node_in.h"

struct cases {
    struct arena *arena; /* of the document */
    struct buf bytes;
    const struct node *pod, *first;
};

static void cases_done(struct cases *cases)
{
    arena_free(cases->arena);
    buf_done(&cases->bytes);
}

static struct cases cases_read(void)
{
    struct cases cases = {.arena = arena_new(), .bytes = BUF_INIT};
    struct err err = ERR_INIT;
    struct node_stream stream;
    cr_assert_eq(file_read(SOURCE_DIR "/testdata/pss/cases.yaml", 1 << 20, &cases.bytes, &err), 0, "%s", err.sentence);
    cr_assert_eq(yaml_read("cases.yaml", cases.bytes.data, cases.bytes.length, cases.arena, &stream, &err), 0, "%s",
                 err.sentence);
    cr_assert_eq(stream.count, 1);
    const struct node *parts = node_first(node_get(stream.documents[0], "parts"));
    for (const struct node *part = parts; part; part = part->next)
        if (node_get(part, "containers"))
            cases.pod = part;
    cases.first = node_first(node_get(stream.documents[0], "cases"));
    cr_assert(cases.pod && cases.first);
    return cases;
}

static struct pss_pod pod_of(const struct cases *cases, const struct node *row)
{
    bool given = node_find(row, "spec");
    return (struct pss_pod){.metadata = row, .spec = given ? node_get(row, "spec") : cases->pod};
}

/* "34+", "0-18", "5", with commas between. */
static bool range_has(const char *range, unsigned minor)
{
    while (*range) {
        unsigned first = 0;
        int used = 0;
        cr_assert_eq(sscanf(range, "%u%n", &first, &used), 1, "bad range %s", range);
        range += used;
        unsigned last = *range == '+' ? PSS_VERSION_NEWEST : first;
        if (*range == '-')
            cr_assert_eq(sscanf(range, "-%u%n", &last, &used), 1, "bad range %s", range);
        range += *range == '-' ? (size_t)used : strspn(range, "+");
        if (minor >= first && minor <= last)
            return true;
        range += strspn(range, ", ");
    }
    return false;
}

static const struct pss_check_row *find_check(const char *id)
{
    const struct pss_check_row *checks;
    size_t count = pss_checks(&checks);
    for (size_t i = 0; i < count; i++)
        if (strcmp(checks[i].id, id) == 0)
            return &checks[i];
    return NULL;
}

static bool is_expected(const struct node *row, const struct pss_check_row *check, enum pss_level level, unsigned minor)
{
    bool own = level == PSS_RESTRICTED && node_get(row, "restricted");
    const char *range = node_text(node_get(node_get(row, own ? "restricted" : "fails"), check->id));
    return range && check->level <= level && range_has(range, minor);
}

static bool is_found(const struct pss_violation *violations, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(violations[i].check, id) == 0)
            return true;
    return false;
}

/* What must hold of every violation. */
static void check_form(const char *name, const struct pss_violation *violation)
{
    const struct pss_check_row *check = find_check(violation->check);
    cr_assert_not_null(check);
    cr_expect_eq(check->level, violation->level);
    cr_expect(violation->reason && violation->reason[0], "%s: %s has no reason", name, violation->check);
    cr_expect(violation->detail, "%s: %s has no detail", name, violation->check);
    cr_expect(violation->message && violation->message[0], "%s: %s has no message", name, violation->check);
    cr_expect(violation->where || strcmp(name, "a spec that is missing") == 0, "%s: %s is nowhere", name,
              violation->check);
}

static void check_version(const struct node *row, const struct pss_pod *pod, enum pss_level level, unsigned minor,
                          struct arena *arena)
{
    const struct pss_violation *violations;
    const struct pss_check_row *checks;
    const char *name = node_text(node_get(row, "name"));
    size_t count = pss_check(pod, level, minor, arena, &violations);
    size_t check_count = pss_checks(&checks);
    for (size_t i = 0; i < check_count; i++)
        cr_expect_eq(is_found(violations, count, checks[i].id), is_expected(row, &checks[i], level, minor),
                     "%s: %s at %s v1.%u", name, checks[i].id, pss_level_name(level), minor);
    for (size_t i = 0; i < count; i++)
        check_form(name, &violations[i]);
}

Test(pss, verdicts)
{
    __attribute__((cleanup(cases_done))) struct cases cases = cases_read();
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    size_t verdicts = 0;
    for (const struct node *row = cases.first; row; row = row->next) {
        struct pss_pod pod = pod_of(&cases, row);
        for (enum pss_level level = PSS_BASELINE; level <= PSS_RESTRICTED; level++)
            for (unsigned minor = 0; minor <= PSS_VERSION_NEWEST; minor++) {
                arena_reset(arena);
                check_version(row, &pod, level, minor, arena);
                verdicts++;
            }
    }
    cr_expect_gt(verdicts, 100 * 2 * 38);
}

/* Every key of the table is one that the test understands, so that none is silently without effect. */
Test(pss, cases_are_understood)
{
    static const char *const keys[] = {"name", "spec", "annotations", "fails", "restricted", "at", "detail", "refused"};
    __attribute__((cleanup(cases_done))) struct cases cases = cases_read();
    for (const struct node *row = cases.first; row; row = row->next)
        for (const struct node *entry = node_first(row); entry; entry = entry->next) {
            bool known = false;
            for (size_t i = 0; i < ARRAY_COUNT(keys); i++)
                known = known || strcmp(entry->key, keys[i]) == 0;
            cr_expect(known, "%s: %s", node_text(node_get(row, "name")), entry->key);
            bool of_checks = strcmp(entry->key, "fails") == 0 || strcmp(entry->key, "restricted") == 0 ||
                             strcmp(entry->key, "at") == 0 || strcmp(entry->key, "detail") == 0;
            for (const struct node *id = of_checks ? node_first(entry) : NULL; id; id = id->next)
                cr_expect(find_check(id->key), "%s: no check %s", node_text(node_get(row, "name")), id->key);
        }
}

/* The violations of a check at the newest version that finds any. */
static size_t check_newest(const struct pss_pod *pod, const char *id, struct arena *arena,
                           const struct pss_violation **ret)
{
    enum pss_level level = find_check(id)->level;
    for (unsigned minor = PSS_VERSION_NEWEST + 1; minor-- > 0;) {
        const struct pss_violation *violations;
        size_t count = pss_check(pod, level, minor, arena, &violations);
        size_t first = 0;
        while (first < count && strcmp(violations[first].check, id) != 0)
            first++;
        size_t end = first;
        while (end < count && strcmp(violations[end].check, id) == 0)
            end++;
        if (first == end)
            continue;
        *ret = violations + first;
        return end - first;
    }
    return 0;
}

static void check_place(const struct node *row, const struct node *expected, const struct pss_violation *violations,
                        size_t count)
{
    const char *name = node_text(node_get(row, "name"));
    cr_expect_eq(count, node_count(expected), "%s: %zu places of %s", name, count, expected->key);
    size_t i = 0;
    for (const struct node *place = node_first(expected); place && i < count; place = place->next, i++) {
        AUTO_BUF struct buf path = BUF_INIT;
        node_path(violations[i].where, &path);
        const char *inside = strchr(buf_text(&path), '.');
        cr_assert_not_null(inside, "%s: %s", name, buf_text(&path));
        cr_expect_str_eq(inside + 1, node_text(place), "%s", name);
    }
}

Test(pss, places_and_details)
{
    __attribute__((cleanup(cases_done))) struct cases cases = cases_read();
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    for (const struct node *row = cases.first; row; row = row->next) {
        struct pss_pod pod = pod_of(&cases, row);
        const struct pss_violation *violations;
        for (const struct node *at = node_first(node_get(row, "at")); at; at = at->next) {
            size_t count = check_newest(&pod, at->key, arena, &violations);
            check_place(row, at, violations, count);
        }
        for (const struct node *detail = node_first(node_get(row, "detail")); detail; detail = detail->next) {
            size_t count = check_newest(&pod, detail->key, arena, &violations);
            cr_assert_gt(count, 0, "%s: %s", node_text(node_get(row, "name")), detail->key);
            for (size_t i = 0; i < count; i++)
                cr_expect_str_eq(violations[i].detail, node_text(detail), "%s", node_text(node_get(row, "name")));
        }
    }
}

Test(pss, highest)
{
    static const struct {
        const char *name;
        unsigned minor;
        enum pss_level level;
    } rows[] = {
        {"a pod that meets everything", 37, PSS_RESTRICTED},
        {"a container that says nothing", 37, PSS_BASELINE},
        {"a hostPath", 37, PSS_PRIVILEGED},
        {"safe since 1.27", 26, PSS_PRIVILEGED},
        {"safe since 1.27", 27, PSS_RESTRICTED},
        {"root by the pod", 22, PSS_RESTRICTED},
        {"root by the pod", 23, PSS_BASELINE},
        {"a hostPort", 0, PSS_PRIVILEGED},
        {"tcp_notsent_lowat since 1.37", 36, PSS_PRIVILEGED},
        {"tcp_notsent_lowat since 1.37", 99, PSS_RESTRICTED},
        /* less strict at the restricted level, whose volume check overrides that of the baseline */
        {"an allowed source beside a hostPath hides it from the restricted level", 37, PSS_RESTRICTED},
    };
    __attribute__((cleanup(cases_done))) struct cases cases = cases_read();
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        const struct node *row = cases.first;
        while (row && !node_is_text(node_get(row, "name"), rows[i].name))
            row = row->next;
        cr_assert_not_null(row, "%s", rows[i].name);
        struct pss_pod pod = pod_of(&cases, row);
        cr_expect_eq(pss_highest(&pod, rows[i].minor, arena), rows[i].level, "%s v1.%u", rows[i].name, rows[i].minor);
    }
}

Test(pss, parse)
{
    static const struct {
        const char *text;
        bool good;
        enum pss_level level;
        unsigned minor;
    } rows[] = {
        {"privileged", true, PSS_PRIVILEGED, 37},
        {"baseline", true, PSS_BASELINE, 37},
        {"restricted", true, PSS_RESTRICTED, 37},
        {"restricted@latest", true, PSS_RESTRICTED, 37},
        {"restricted@1.29", true, PSS_RESTRICTED, 29},
        {"restricted@v1.29", true, PSS_RESTRICTED, 29},
        {"baseline@v1.0", true, PSS_BASELINE, 0},
        {"baseline@v1.37", true, PSS_BASELINE, 37},
        {"baseline@v1.38", true, PSS_BASELINE, 38},
        {"baseline@v1.4294967296", true, PSS_BASELINE, UINT_MAX},
        {"baseline@v1.99999999999999999999999", false, 0, 0},
        {"baseline@v1.029", false, 0, 0},
        {"baseline@v1.00", false, 0, 0},
        {"baseline@v1.", false, 0, 0},
        {"baseline@v1", false, 0, 0},
        {"baseline@v2.1", false, 0, 0},
        {"baseline@v1.0x1", false, 0, 0},
        {"baseline@v1.-1", false, 0, 0},
        {"baseline@v1.+1", false, 0, 0},
        {"baseline@v1.2 ", false, 0, 0},
        {"baseline@vv1.2", false, 0, 0},
        {"baseline@", false, 0, 0},
        {"baseline@Latest", false, 0, 0},
        {"Baseline", false, 0, 0},
        {"base", false, 0, 0},
        {"", false, 0, 0},
        {"@1.2", false, 0, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        enum pss_level level = PSS_PRIVILEGED;
        unsigned minor = 99;
        cr_expect_eq(pss_parse(rows[i].text, &level, &minor), rows[i].good, "%s", rows[i].text);
        if (rows[i].good)
            cr_expect(level == rows[i].level && minor == rows[i].minor, "%s: %u", rows[i].text, minor);
        else
            cr_expect(level == PSS_PRIVILEGED && minor == 99, "%s wrote its results", rows[i].text);
    }
}

/* Baseline, then restricted, each in the order of bytes; what is overridden is a baseline check. */
Test(pss, table)
{
    const struct pss_check_row *checks;
    size_t count = pss_checks(&checks);
    cr_expect_eq(count, 19);
    for (size_t i = 0; i < count; i++) {
        cr_expect(i == 0 || checks[i - 1].level < checks[i].level ||
                      (checks[i - 1].level == checks[i].level && strcmp(checks[i - 1].id, checks[i].id) < 0),
                  "%s", checks[i].id);
        cr_expect(checks[i].first_minor <= checks[i].last_minor && checks[i].last_minor <= PSS_VERSION_NEWEST, "%s",
                  checks[i].id);
        const struct pss_check_row *overridden = checks[i].overrides ? find_check(checks[i].overrides) : NULL;
        cr_expect(!checks[i].overrides || (overridden && overridden->level == PSS_BASELINE), "%s", checks[i].id);
        cr_expect(!checks[i].overrides || checks[i].level == PSS_RESTRICTED, "%s", checks[i].id);
    }
}

/* A pod of very many bad containers is judged, and what is not listed is counted. */
Test(pss, many_places)
{
    enum { CONTAINERS = 200000 };
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    struct node *spec = node_new_map(arena, NULL);
    struct node *containers = node_new_list(arena, NULL);
    for (size_t i = 0; i < CONTAINERS; i++)
        node_append(containers, node_new_map(arena, NULL));
    node_put(arena, spec, "containers", containers);
    struct pss_pod pod = {.spec = spec};
    size_t before = arena_used(arena);
    cr_expect_eq(pss_highest(&pod, PSS_VERSION_NEWEST, arena), PSS_BASELINE);
    const struct pss_violation *violations;
    size_t count = pss_check(&pod, PSS_RESTRICTED, PSS_VERSION_NEWEST, arena, &violations);
    cr_assert_eq(count, 4 * PSS_PLACES_MAX);
    cr_expect_str_eq(violations[0].message, "container \"\" does not set allowPrivilegeEscalation to false");
    cr_expect_str_eq(violations[PSS_PLACES_MAX - 1].message,
                     "container \"\" does not set allowPrivilegeEscalation to false; and 199000 more places like it");
    cr_expect_str_eq(violations[PSS_PLACES_MAX].check, "capabilities_restricted");
    cr_expect_lt(arena_used(arena) - before, (size_t)64 << 20);
}
