/* Complements: what is written down covers exactly the rest of the tree. */
#include <criterion/criterion.h>
#include <errno.h>

#include "aa_oracle.h"
#include "model/aa_complement.h"
#include "model/apparmor_policy.h"

struct globs {
    struct aa_glob *items[4096];
    size_t count;
};

static void globs_add(struct globs *globs, const char *pattern)
{
    struct err err = ERR_INIT;
    cr_assert_lt(globs->count, ARRAY_COUNT(globs->items));
    cr_assert_eq(aa_glob_new(pattern, &globs->items[globs->count++], &err), 0, "%s: %s", pattern, err.sentence);
}

static bool globs_match(const struct globs *globs, const char *path, size_t length)
{
    for (size_t i = 0; i < globs->count; i++)
        if (aa_glob_match(globs->items[i], path, length))
            return true;
    return false;
}

static void globs_done(struct globs *globs)
{
    while (globs->count > 0)
        aa_glob_free(globs->items[--globs->count]);
}

static void complement(const char *root, const struct aa_patterns *exceptions, struct globs *except, struct globs *rest,
                       struct aa_patterns *patterns)
{
    struct err err = ERR_INIT;
    cr_assert_eq(aa_complement(root, exceptions, patterns, &err), 0, "%s", err.sentence);
    for (size_t i = 0; i < exceptions->count; i++) {
        AUTO_FREE char *whole = mem_printf("%s%s", root, exceptions->items[i]);
        globs_add(except, whole);
    }
    for (size_t i = 0; i < patterns->count; i++)
        globs_add(rest, patterns->items[i]);
}

static void check(const char *root, const char *path, const struct globs *except, const struct globs *rest)
{
    size_t length = strlen(path);
    size_t prefix = strlen(root);
    bool inside = length > prefix && memcmp(path, root, prefix) == 0 && path[prefix] == '/';
    bool expected = inside && !globs_match(except, path, length);
    cr_assert_eq(globs_match(rest, path, length), expected, "%s is %s the rest", path, expected ? "not in" : "in");
}

/* Every path over a few bytes up to a length. */
static size_t enumerate(const char *root, char *path, size_t length, size_t most, const struct globs *except,
                        const struct globs *rest)
{
    static const char bytes[] = "/ab1";
    size_t count = 1;
    path[length] = '\0';
    check(root, path, except, rest);
    for (size_t i = 0; length < most && i < sizeof(bytes) - 1; i++) {
        if (bytes[i] == '/' && path[length - 1] == '/')
            continue;
        path[length] = bytes[i];
        count += enumerate(root, path, length + 1, most, except, rest);
        path[length] = '\0';
    }
    return count;
}

Test(aa_complement, is_exact_for_every_short_path)
{
    static const char *const rows[][6] = {
        {"/a"},
        {"/a/"},
        {"/"},
        {"/a", "/a/"},
        {"/a/b", "/a/a/", "/b"},
        {"/ab", "/a"},
        {"/ab/1", "/ab/", "/a1", "/b/b/b"},
        {"/[0-9]*/a", "/a"},
        {"/[0-9]*/a", "/1/b", "/11/"},
        {"/*/a"},
        {"/*"},
        {"/*/"},
        {"/a/*", "/b/*/1"},
        {"/a/**"},
        {"/a{,/**}", "/b/"},
        {"/**"},
        {"/a/[ab][ab]", "/a/aa/1"},
        {"/[^a/]*", "/ab"},
        {"/a*", "/b/a*", "/b/ab"},
        {"/a/b", "/a/b/a", "/a/b/"},
        {"/[a-b]1/1", "/a*/b"},
    };
    size_t paths = 0;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct aa_patterns exceptions = {0};
        struct aa_patterns patterns = {0};
        struct globs *except = mem_zero(1, sizeof(*except));
        struct globs *rest = mem_zero(1, sizeof(*rest));
        for (size_t k = 0; k < ARRAY_COUNT(rows[i]) && rows[i][k]; k++)
            aa_patterns_add(&exceptions, rows[i][k]);
        complement("/a", &exceptions, except, rest, &patterns);
        char path[16] = "/";
        paths += enumerate("/a", path, 1, 8, except, rest);
        globs_done(except);
        globs_done(rest);
        free(except);
        free(rest);
        aa_patterns_done(&exceptions);
        aa_patterns_done(&patterns);
    }
    (void)printf("%zu paths are on the right side\n", paths);
}

static void random_exception(uint64_t *seed, struct buf *out)
{
    static const char *const names[] = {"a", "b", "ab", "abc", "sys", "[0-9]*", "*", "a*", "[ab][ab]", "x-y", "^", "\\*", "\\[",
                                        "\\,", "\\{", "a b", "\\303\\251", "\\377", "]", "-", "\\042", "\\134", "\\n", "#", ".",
                                        "[a-f0-9][a-f0-9]"};
    buf_clear(out);
    for (uint32_t segments = 1 + oracle_random(seed, 3); segments > 0; segments--)
        buf_printf(out, "/%s", names[oracle_random(seed, (uint32_t)ARRAY_COUNT(names))]);
    if (strchr(buf_text(out), ']') && strstr(buf_text(out), "/]"))
        buf_clear(out), buf_add_text(out, "/b");
    if (oracle_random(seed, 4) == 0)
        buf_add_text(out, oracle_random(seed, 2) ? "/" : "/**");
}

static void random_path(uint64_t *seed, struct buf *out)
{
    static const char *const names[] = {"a", "b", "ab", "abc", "abcd", "sys", "1", "12x", "aa", "ba", "x-y", "^", "*", "[", ",", "{",
                                        "a b", "\303\251", "\377", "-", "\"", "\\", "\n", "#", ".", "f0", "\303", "x", "}", "]"};
    buf_clear(out);
    buf_add_text(out, "/r");
    for (uint32_t segments = oracle_random(seed, 5); segments > 0; segments--)
        buf_printf(out, "/%s", names[oracle_random(seed, (uint32_t)ARRAY_COUNT(names))]);
    if (oracle_random(seed, 3) == 0)
        buf_add_char(out, '/');
}

/* Generated exceptions, judged by the model and, where it is installed, by apparmor_parser's automaton. */
Test(aa_complement, is_exact_for_generated_exceptions, .timeout = 240)
{
    const char *missing = oracle_missing();
    uint64_t seed = 31337;
    size_t paths = 0;
    for (unsigned run = 0; run < 120; run++) {
        struct aa_patterns exceptions = {0};
        struct aa_patterns patterns = {0};
        struct globs *except = mem_zero(1, sizeof(*except));
        struct globs *rest = mem_zero(1, sizeof(*rest));
        AUTO_BUF struct buf one = BUF_INIT;
        for (uint32_t count = 1 + oracle_random(&seed, 12); count > 0; count--) {
            random_exception(&seed, &one);
            aa_patterns_add(&exceptions, buf_text(&one));
        }
        complement("/r", &exceptions, except, rest, &patterns);
        AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = apparmor_policy_new("t");
        cr_assert_eq(apparmor_policy_add_file(policy, false, "/**", AA_WRITE, NULL, NULL, NULL), 0);
        for (size_t i = 0; i < patterns.count; i++)
            cr_assert_eq(apparmor_policy_add_file(policy, true, patterns.items[i], AA_WRITE, NULL, NULL, NULL), 0);
        AUTO_BUF struct buf text = BUF_INIT;
        apparmor_policy_write(policy, &text);
        struct oracle *oracle = mem_zero(1, sizeof(*oracle));
        bool ask = !missing && run % 4 == 0;
        cr_assert(!ask || oracle_compile(buf_text(&text), text.length, oracle), "%s", buf_text(&text));
        for (unsigned i = 0; i < 400; i++) {
            AUTO_BUF struct buf path = BUF_INIT;
            random_path(&seed, &path);
            check("/r", buf_text(&path), except, rest);
            paths++;
            if (!ask)
                continue;
            const struct oracle_dfa *dfa = &oracle->profiles[0].file;
            bool allowed = oracle_permissions(dfa, oracle_walk(dfa, 1, buf_text(&path), path.length), true) & 2;
            cr_assert_eq(allowed, !globs_match(rest, buf_text(&path), path.length), "%s under\n%s", buf_text(&path),
                         buf_text(&text));
        }
        oracle_done(oracle);
        free(oracle);
        globs_done(except);
        globs_done(rest);
        free(except);
        free(rest);
        aa_patterns_done(&exceptions);
        aa_patterns_done(&patterns);
    }
    (void)printf("%zu paths are on the right side of generated complements%s\n", paths,
                 missing ? " (apparmor_parser was not asked: it is missing)" : "");
}

Test(aa_complement, what_cannot_be_written_is_refused)
{
    struct aa_patterns exceptions = {0};
    struct aa_patterns patterns = {0};
    struct err err = ERR_INIT;
    aa_patterns_add(&exceptions, "/a*b");
    cr_expect_eq(aa_complement("/r", &exceptions, &patterns, &err), -ENOTSUP);
    cr_expect_eq(patterns.count, 0);
    aa_patterns_done(&exceptions);
    for (unsigned i = 0; i < 60000; i++) {
        AUTO_FREE char *one = mem_printf("/directory%u/file%u", i * 7919 % 60000, i);
        aa_patterns_add(&exceptions, one);
    }
    cr_expect_eq(aa_complement("/r", &exceptions, &patterns, &err), -E2BIG);
    cr_expect_eq(patterns.count, 0);
    aa_patterns_done(&exceptions);
    aa_patterns_done(&patterns);
}
