/* AppArmor patterns: tables, and thousands of generated cases against apparmor_parser's automaton. */
#include <criterion/criterion.h>

#include "aa_oracle.h"
#include "model/apparmor_policy.h"

static bool matches(const char *pattern, const char *path)
{
    struct aa_glob *glob = NULL;
    struct err err = ERR_INIT;
    cr_assert_eq(aa_glob_new(pattern, &glob, &err), 0, "%s: %s", pattern, err.sentence);
    bool result = aa_glob_match(glob, path, strlen(path));
    aa_glob_free(glob);
    return result;
}

Test(aa_glob, matches_as_a_table)
{
    static const struct {
        const char *pattern;
        const char *path;
        bool match;
    } rows[] = {
        {"/a", "/a", true},
        {"/a", "/a/", false},
        {"/a/*", "/a/", false},
        {"/a/*", "/a/b", true},
        {"/a/*", "/a/b/", false},
        {"/a/*", "/a/b/c", false},
        {"/a/*/", "/a/b/", true},
        {"/a/*/", "/a//", false},
        {"/a/**", "/a/", false},
        {"/a/**", "/a/b/", true},
        {"/a/**", "/a/b/c", true},
        {"/a/**/", "/a/b/c/", true},
        {"/a/**/c", "/a/b/c", true},
        {"/a/**/c", "/a/c", false},
        {"/a/{,**}", "/a/", true},
        {"/a/{,**}", "/a/b/c/d", true},
        {"/{a/**,b}", "/a/c/d", true},
        {"/{a/**,b}", "/b/c", false},
        {"/{a/**,b}{,x}", "/a/c/d", true},
        {"/{a/**,b}{,x}", "/bx", true},
        {"/{a/**,b}x", "/a/c/d", false},
        {"/{a/**,b}x", "/a/c/dx", true},
        {"/[^a]**", "/b/c", true},
        {"/[^a]**", "/a/c", false},
        {"/{,var/}run/**", "/var/run/x", true},
        {"/{,var/}run/**", "/usr/run/x", false},
        {"/a{,/**}", "/a", true},
        {"/a{,/**}", "/a/", true},
        {"/a{,/**}", "/a/b/c", true},
        {"/a{,/**}", "/ab", false},
        {"/a*", "/a", true},
        {"/a*", "/ab/", false},
        {"/a**", "/ab/c", true},
        {"/a?c", "/abc", true},
        {"/a?c", "/a/c", false},
        {"/a[^x]c", "/a/c", true}, /* a negated class takes the slash */
        {"/a[^x/]c", "/a/c", false},
        {"/a[-x]c", "/a-c", true},
        {"/a[z-x]c", "/ayc", true},
        {"/a[\\^x]c", "/ayc", true}, /* the escape is lost on the way */
        {"/a[x^]c", "/a^c", true},
        {"/a[x\\,]c", "/a\\c", true}, /* an escaped comma brings its escape into the class */
        {"/a[x,]c", "/a\\c", false},
        {"/a/{b,c{d,e}}f", "/a/cef", true},
        {"/a/{b,c{d,e}}f", "/a/cf", false},
        {"/a/{b,}", "/a/", true},
        {"/a,b", "/a,b", true},
        {"/\\*", "/*", true},
        {"/\\*", "/x", false},
        {"/\\101\\x42\\d67", "/ABC", true},
        {"/\\052", "/*", true},
        {"/\\052", "/x", false},
        {"/{a\\,b,c}", "/a,b", true},
        {"/\\q", "/q", true},
        {"/a//b///c", "/a/b/c", true},
        {"//a", "//a", true},
        {"//a", "/a", false},
        {"/a@{b,c}", "/a@c", true},
        {"/\\\\", "/\\", true},
        {"/\\303\\251", "/\303\251", true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        cr_expect_eq(matches(rows[i].pattern, rows[i].path), rows[i].match, "%s and %s", rows[i].pattern, rows[i].path);
}

/* No pattern of stars matches a NUL; apparmor_parser's classes leave it out. */
Test(aa_glob, two_stars_stand_for_everything_but_nul)
{
    struct aa_glob *glob = NULL;
    cr_assert_eq(aa_glob_new("/a/{,**}", &glob, NULL), 0);
    cr_expect(aa_glob_match(glob, "/a/bcd/e", 8));
    cr_expect(!aa_glob_match(glob, "/a/bc\0/e", 8));
    cr_expect(!aa_glob_match(glob, "/a/\0", 4));
    aa_glob_free(glob);
}

Test(aa_glob, malformed_patterns_get_a_sentence)
{
    static const char *const rows[] = {"/a[", "/a]", "/a[]", "/a[^]", "/a[b-]", "/a[a-c-e]", "/a[]b]", "/{a}", "/{}",
                                       "/{a,b", "/a}", "/a\\", "/[a\\]"};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct aa_glob *glob = NULL;
        struct err err = ERR_INIT;
        cr_expect_lt(aa_glob_new(rows[i], &glob, &err), 0, "%s", rows[i]);
        cr_expect(err.sentence[0] && !glob);
    }
}

Test(aa_glob, hostile_patterns_stay_cheap)
{
    char pattern[8192] = "/";
    for (size_t i = 0; i < 900; i++)
        strcat(pattern, i % 2 ? "**a" : "{*,?}");
    char path[4096];
    memset(path, 'a', sizeof(path));
    path[0] = '/';
    struct aa_glob *glob = NULL;
    cr_assert_eq(aa_glob_new(pattern, &glob, NULL), 0);
    cr_expect(!aa_glob_match(glob, path, 400));
    cr_expect(aa_glob_match(glob, path, sizeof(path)));
    aa_glob_free(glob);
    char deep[256] = "/";
    for (size_t i = 0; i < 60; i++)
        strcat(deep, "{a,");
    cr_expect_lt(aa_glob_new(deep, &glob, NULL), 0);
    char *big = malloc((64 << 10) + 3);
    memset(big, '/', (64 << 10) + 2);
    big[(64 << 10) + 2] = '\0';
    cr_expect_lt(aa_glob_new(big, &glob, NULL), 0);
    free(big);
}

Test(aa_glob, quoted_bytes_match_themselves_and_nothing_else)
{
    for (unsigned byte = 1; byte < 256; byte++) {
        if (byte == '/')
            continue;
        for (unsigned follower = '0'; follower <= ':'; follower += 10) {
            char path[] = {'/', (char)byte, (char)follower, '\0'};
            AUTO_BUF struct buf pattern = BUF_INIT;
            aa_glob_quote(&pattern, path, 3);
            for (unsigned other = 1; other < 256; other++) {
                char probe[] = {'/', (char)other, (char)follower, '\0'};
                cr_assert_eq(matches(buf_text(&pattern), probe), other == byte, "%s and byte %u", buf_text(&pattern), other);
            }
        }
    }
}

/* ---- against apparmor_parser -------------------------------------------------------------- */

static const char *const PIECES[] = {
    "/",     "/",      "/",     "a",      "b",      "ab",    "c",      "*",      "*",     "**",      "?",    "[ab]",
    "[^a]",  "[^/ab]", "[a-c]", "[-a]",   "[^-b]",  "[+-.]", "[--0]",  "[b/]",   "[\\,a]", "[^\\054b]", "[x^]",  "[\\^a]",  "[.|]", "{a,b}",
    "{,a}",  "{b,}",   "{*,b}", "{/,a}",  "{,**}",  "{a,b,{c,/}}", "{a/,b/**}", "{[ab],?}", "\\*", "\\?", "\\{",
    "\\}",   "\\[",    "\\]",   "\\,",    ",",      "\\\\",  "\\q",    "\\141",  "\\x62", "\\d97",   "\\054", "\\052",
    "\\057", ".",      "+",     "|",      "(",      ")",     "$",      "^",      "-",     "@",       "~",    "\\303\\251",
    "\\377", "[\\200-\\377]", "[^\\001-a]", "\\n", "\\t", "\\ ", "#", "'", "=", ":", ";", "%", "[{]", "[a,b]", "[*]", "[?a]",
    "[\\*]", "[\\,a]", "[b\\054]", "[a\\]]", "[[]", "[^]]", "[a-]", "[]", "{", "}", "{a}", "]", "[", "[^^]", "\\0", "\\400", "\\x4", "\\08",
};

static void random_pattern(uint64_t *seed, struct buf *out, bool wild)
{
    buf_clear(out);
    buf_add_char(out, '/');
    /* The last pieces are malformed more often than not: they are for the verdict on patterns. */
    uint32_t choices = (uint32_t)ARRAY_COUNT(PIECES) - (wild ? 0 : 16);
    uint32_t pieces = 1 + oracle_random(seed, 7);
    while (pieces-- > 0)
        buf_add_text(out, PIECES[oracle_random(seed, choices)]);
    if (out->data[out->length - 1] == '\\') /* which no quoted word can end in */
        buf_add_char(out, 'a');
}

/* A path near what the pattern could match. */
static void random_path(uint64_t *seed, struct buf *out)
{
    static const char *const parts[] = {"/", "/", "a", "a", "b", "b", "c", "ab", "*", "?", "{", "}", "[", "]", ",", "\\",
                                        "q", ".", "+", "|", "(", ")", "$", "^", "-", "@", "~", "\303\251", "\377", "\200",
                                        "\n", "\t", " ", "#", "'", "=", ":", "0", "x", "/", "8"};
    buf_clear(out);
    buf_add_char(out, '/');
    uint32_t pieces = oracle_random(seed, 8);
    while (pieces-- > 0)
        buf_add_text(out, parts[oracle_random(seed, oracle_random(seed, 2) ? 8 : (uint32_t)ARRAY_COUNT(parts))]);
}

/* A path made by walking the automaton at random towards a match, so that matches are common. */
static void walked_path(uint64_t *seed, const struct oracle_dfa *dfa, struct buf *out)
{
    buf_clear(out);
    uint32_t state = 1;
    for (unsigned step = 0; step < 12; step++) {
        for (unsigned attempt = 0; attempt < 200; attempt++) {
            unsigned char byte = (unsigned char)(1 + oracle_random(seed, 255));
            uint32_t next = oracle_next(dfa, state, attempt < 40 ? (unsigned char)"/ab*c,.-^]"[byte % 10] : byte);
            if (!next)
                continue;
            buf_add_char(out, (char)(attempt < 40 ? "/ab*c,.-^]"[byte % 10] : byte));
            state = next;
            break;
        }
        if (oracle_permissions(dfa, state, true) && oracle_random(seed, 3) == 0)
            return;
    }
}

enum { PER_RUN = 48, RUNS = 25, PATHS = 50 };

static size_t compare(uint64_t *seed, const char *pattern, const struct oracle_dfa *dfa, size_t *hits)
{
    struct aa_glob *glob = NULL;
    struct err err = ERR_INIT;
    cr_assert_eq(aa_glob_new(pattern, &glob, &err), 0, "apparmor_parser takes %s, but: %s", pattern, err.sentence);
    for (unsigned i = 0; i < PATHS; i++) {
        AUTO_BUF struct buf path = BUF_INIT;
        if (i % 2)
            walked_path(seed, dfa, &path);
        else
            random_path(seed, &path);
        bool theirs = oracle_permissions(dfa, oracle_walk(dfa, 1, buf_text(&path), path.length), true) != 0;
        cr_assert_eq(aa_glob_match(glob, buf_text(&path), path.length), theirs, "%s and %s", pattern, buf_text(&path));
        *hits += theirs;
    }
    aa_glob_free(glob);
    return PATHS;
}

/* Names the pattern for which a whole run was refused. */
static void blame(const struct buf *patterns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        AUTO_BUF struct buf text = BUF_INIT;
        struct oracle *oracle = mem_zero(1, sizeof(*oracle));
        buf_printf(&text, "profile p {\n  \"%s\" r,\n}\n", buf_text(&patterns[i]));
        cr_expect(oracle_compile(buf_text(&text), text.length, oracle), "apparmor_parser refuses %s", buf_text(&patterns[i]));
        oracle_done(oracle);
        free(oracle);
    }
    cr_assert_fail("apparmor_parser refuses patterns that the model takes");
}

Test(aa_glob, agrees_with_the_automaton_of_apparmor_parser, .timeout = 240)
{
    const char *missing = oracle_missing();
    if (missing)
        cr_skip_test("SKIPPED: %s", missing);
    uint64_t seed = 20260101;
    size_t cases = 0;
    size_t hits = 0;
    size_t patterns = 0;
    for (unsigned run = 0; run < RUNS; run++) {
        AUTO_BUF struct buf text = BUF_INIT;
        struct buf chosen[PER_RUN] = {0};
        for (unsigned i = 0; i < PER_RUN; i++) {
            struct aa_glob *glob = NULL;
            do {
                aa_glob_free(TAKE(glob));
                random_pattern(&seed, &chosen[i], false);
            } while (aa_glob_new(buf_text(&chosen[i]), &glob, NULL) < 0);
            aa_glob_free(glob);
            buf_printf(&text, "profile p%u {\n  \"%s\" r,\n}\n", i, buf_text(&chosen[i]));
        }
        struct oracle *oracle = mem_zero(1, sizeof(*oracle));
        if (!oracle_compile(buf_text(&text), text.length, oracle))
            blame(chosen, PER_RUN);
        cr_assert_eq(oracle->count, PER_RUN);
        for (unsigned i = 0; i < PER_RUN; i++) {
            unsigned number = (unsigned)atoi(oracle->profiles[i].name + 1);
            cases += compare(&seed, buf_text(&chosen[number]), &oracle->profiles[i].file, &hits);
            patterns++;
        }
        for (unsigned i = 0; i < PER_RUN; i++)
            buf_done(&chosen[i]);
        oracle_done(oracle);
        free(oracle);
    }
    cr_log_info("%zu cases of %zu patterns agree with apparmor_parser, %zu of them matches", cases, patterns, hits);
    (void)printf("%zu cases of %zu patterns agree with apparmor_parser, %zu of them matches\n", cases, patterns, hits);
    cr_assert_gt(hits, cases / 20);
}

Test(aa_glob, refuses_what_apparmor_parser_refuses, .timeout = 240)
{
    const char *missing = oracle_missing();
    if (missing)
        cr_skip_test("SKIPPED: %s", missing);
    uint64_t seed = 77;
    unsigned refused = 0;
    enum { COUNT = 250 };
    for (unsigned i = 0; i < COUNT; i++) {
        AUTO_BUF struct buf pattern = BUF_INIT;
        AUTO_BUF struct buf text = BUF_INIT;
        random_pattern(&seed, &pattern, true);
        buf_printf(&text, "profile p {\n  \"%s\" r,\n}\n", buf_text(&pattern));
        struct oracle *oracle = mem_zero(1, sizeof(*oracle));
        bool theirs = oracle_compile(buf_text(&text), text.length, oracle);
        struct aa_glob *glob = NULL;
        struct err err = ERR_INIT;
        bool ours = aa_glob_new(buf_text(&pattern), &glob, &err) == 0;
        cr_expect_eq(ours, theirs, "%s: apparmor_parser %s it; %s", buf_text(&pattern), theirs ? "takes" : "refuses", err.sentence);
        refused += !theirs;
        aa_glob_free(glob);
        oracle_done(oracle);
        free(oracle);
    }
    (void)printf("%u of %u patterns are refused by apparmor_parser, and by the model\n", refused, COUNT);
}
