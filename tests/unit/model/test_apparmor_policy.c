/* AppArmor policies: reading, writing and judging, alone and against apparmor_parser. */
#include <criterion/criterion.h>

#include "aa_oracle.h"
#include "model/apparmor_policy.h"

static struct apparmor_policy *parse(const char *text)
{
    struct apparmor_policy *policy = NULL;
    struct err err = ERR_INIT;
    cr_assert_eq(apparmor_policy_parse("test", text, strlen(text), &policy, &err), 0, "%s\n%s", err.sentence, text);
    return policy;
}

static aa_mask refused(const struct apparmor_policy *policy, const char *path, aa_mask wanted, bool is_owner)
{
    return apparmor_policy_evaluate(policy, path, strlen(path), wanted, is_owner, NULL);
}

Test(apparmor_policy, every_spelling_of_a_file_rule)
{
    static const struct {
        const char *rule;
        const char *path;
        aa_mask allowed;
        aa_mask allowed_others; /* when the file is another's */
    } rows[] = {
        {"/a r,", "/a", AA_READ, AA_READ},
        {"r /a,", "/a", AA_READ, AA_READ},
        {"file /a rw,", "/a", AA_READ | AA_WRITE | AA_APPEND, AA_READ | AA_WRITE | AA_APPEND},
        {"file RK /a,", "/a", AA_READ | AA_LOCK, AA_READ | AA_LOCK},
        {"allow /a r,", "/a", AA_READ, AA_READ},
        {"audit /a r,", "/a", AA_READ, AA_READ},
        {"owner /a r,", "/a", AA_READ, 0},
        {"audit allow owner r /a,", "/a", AA_READ, 0},
        {"/a a,", "/a", AA_APPEND, AA_APPEND},
        {"/a ix,", "/a", AA_EXEC | AA_MAP_EXEC, AA_EXEC | AA_MAP_EXEC},
        {"/a px,", "/a", AA_EXEC, AA_EXEC},
        {"/a rmCx -> child,", "/a", AA_READ | AA_MAP_EXEC | AA_EXEC, AA_READ | AA_MAP_EXEC | AA_EXEC},
        {"unsafe /a Ux,", "/a", AA_EXEC, AA_EXEC},
        {"\"/a b\" r,", "/a b", AA_READ, AA_READ},
        {"/a\\ b r,", "/a b", AA_READ, AA_READ},
        {"\"/a\\\"b\" r,", "/a\"b", AA_READ, AA_READ},
        {"/{a,b} r,", "/b", AA_READ, AA_READ},
        {"/a r, # because\n /a k,", "/a", AA_READ | AA_LOCK, AA_READ | AA_LOCK},
        {"/a\n  r\n  ,", "/a", AA_READ, AA_READ},
        {"@{HOME}/x r,", "/home/me/x", AA_READ, AA_READ},
        {"@{HOME}/x r,", "/root/x", AA_READ, AA_READ},
        {"/x@{ONE}y r,", "/x/oney", AA_READ, AA_READ},
        {"file,", "/any/thing", 127, 127},
        {"file, deny /a w,", "/a", 127 & ~(AA_WRITE | AA_APPEND), 127 & ~(AA_WRITE | AA_APPEND)},
        {"file, deny /a a,", "/a", 127 & ~AA_APPEND, 127 & ~AA_APPEND},
        {"file, deny owner /a r,", "/a", 127 & ~AA_READ, 127},
        {"/a rw, audit deny r /a,", "/a", AA_WRITE | AA_APPEND, AA_WRITE | AA_APPEND},
        {"/a rix, deny /a x,", "/a", AA_READ | AA_MAP_EXEC, AA_READ | AA_MAP_EXEC},
        {"/a l -> /b,", "/a", AA_LINK, AA_LINK},
        {"l /a -> /b,", "/a", AA_LINK, AA_LINK},
        {"rl /a -> /b,", "/a", AA_READ | AA_LINK, AA_READ | AA_LINK},
        {"owner link subset /a -> /b,", "/a", AA_LINK, 0},
        {"link /b -> /a,", "/a", 0, 0},
        {"owner {\n /a r,\n }", "/a", AA_READ, 0},
        {"file, deny {\n /a r,\n owner /a w,\n }", "/a", 127 & ~(AA_READ | AA_WRITE | AA_APPEND), 127 & ~AA_READ},
        {"audit { allow {\n /a r, } }", "/a", AA_READ, AA_READ},
        {"all,", "/a", 127, 127},
        {"priority=1 /a r, deny /a rk, /a k,", "/a", AA_READ, AA_READ},
        {"priority=-1 deny /a rw, /a r,", "/a", AA_READ, AA_READ},
        {"priority=5 deny /a r, /a r,", "/a", 0, 0},
        {"capability, network, mount, signal (send, receive) peer=x, /a r,", "/a", AA_READ, AA_READ},
        {"set rlimit nofile <= 10, deny mount options=(ro, bind) /x{a,b} -> /**, /a r,", "/a", AA_READ, AA_READ},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_FREE char *text = mem_printf("# a header\nabi <abi/3.0>,\n@{HOME}=/root/ /home/*/\n@{ONE}=/one\n"
                                          "profile t flags=(attach_disconnected mediate_deleted) {\n %s\n}\n",
                                          rows[i].rule);
        AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = parse(text);
        cr_expect_eq(refused(policy, rows[i].path, 127, true), 127 & ~rows[i].allowed, "%s", rows[i].rule);
        cr_expect_eq(refused(policy, rows[i].path, 127, false), 127 & ~rows[i].allowed_others, "%s", rows[i].rule);
        cr_expect_str_eq(policy->flags, "attach_disconnected,mediate_deleted");
        cr_expect_str_eq(policy->abi, "abi/3.0");
        AUTO_BUF struct buf once = BUF_INIT;
        AUTO_BUF struct buf twice = BUF_INIT;
        apparmor_policy_write(policy, &once);
        AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *again = parse(buf_text(&once));
        apparmor_policy_write(again, &twice);
        cr_expect_str_eq(buf_text(&once), buf_text(&twice), "%s", rows[i].rule);
        cr_expect_eq(refused(again, rows[i].path, 127, true), 127 & ~rows[i].allowed, "%s", buf_text(&once));
        cr_expect_eq(refused(again, rows[i].path, 127, false), 127 & ~rows[i].allowed_others, "%s", buf_text(&once));
    }
}

Test(apparmor_policy, what_is_not_read_gets_one_sentence_with_its_line)
{
    static const struct {
        const char *text;
        const char *says;
    } rows[] = {
        {"", "there is no profile"},
        {"profile t {\n", "test:2:"},
        {"profile t {\n /a r\n}\n", "comma"},
        {"profile t {\n include <abstractions/base>\n}\n", "test:2: the include of abstractions/base is not followed"},
        {"#include <tunables/global>\nprofile t { }\n", "include"},
        {"profile t { }\nprofile u { }\n", "2 profiles: say which one; there are t, u"},
        {"profile t { }\nprofile t { }\n", "defined twice"},
        {"profile t {\n owner {\n /a r,\n}\n", "test:5: the text ends"},
        {"profile t {\n owner {\n capability kill,\n }\n}\n", "not about files"},
        {"profile t {\n priority=x /a r,\n}\n", "not a priority"},
        {"profile t {\n link /a,\n}\n", "link /new -> /old"},
        {"profile t {\n owner deny /a r,\n}\n", "is not a mode"},
        {"profile t {\n /a q,\n}\n", "is not a mode"},
        {"profile t {\n /a x,\n}\n", "saying how"},
        {"profile t {\n deny /a ix,\n}\n", "exec mode"},
        {"profile t {\n /a rwa,\n}\n", "exclude"},
        {"profile t {\n /a ix,\n /a px,\n}\n", "exclude"},
        {"profile t {\n /a*b ix,\n /a*b px,\n}\n", "exclude"},
        {"profile t {\n /a[ r,\n}\n", "malformed"},
        {"profile t {\n @{NO}/a r,\n}\n", "not defined"},
        {"@{A}=@{A}\nprofile t {\n @{A}/a r,\n}\n", "nested too deep"},
        {"@{A}=x\n@{A}=y\nprofile t { }\n", "defined twice"},
        {"@{A/}=x\nprofile t { }\n", "A/ is not a variable's name"},
        {"@{A}=x@{y\nprofile t {\n /a@{A}} r,\n}\n", "test:3: the values of variables make up another one: @{y}"},
        {"@{A}=x@{y\nprofile t {\n dbus send peer=(name=\"@{A}}\"),\n}\n", "another one: @{y}"},
        {"@{A}=x\nprofile t {\n dbus send @{A}\\\"y\",\n}\n", "ends in a backslash"},
        {"@{A}=x\\\\\nprofile t {\n dbus send peer=(name=@{A}),\n}\n", "ends in a backslash"},
        {"@{A}=\"\"\nprofile @{A} /a { }\n", "no name"},
        {"profile /a[b { }\n", "malformed"},
        {"profile t /a /b { }\n", "does not end in {"},
        {"profile t flags=(complain) /b { }\n", "does not end in {"},
        {"profile t flags=(complain) flags=(complain) { }\n", "does not end in {"},
        {"profile t {\n \"/a\\\\\" r,\n}\n", "\\134"},
        {"profile t {\n capability \"x\",\n}\n", "list of names"},
        {"a b {\n}\n", "not a rule"},
        {"profile t {\n if $x { }\n}\n", "$x is not set"},
        {"profile t {\n if 5 { }\n}\n", "not understood"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        struct apparmor_policy *policy = NULL;
        struct err err = ERR_INIT;
        cr_expect_lt(apparmor_policy_parse("test", rows[i].text, strlen(rows[i].text), &policy, &err), 0, "%s", rows[i].text);
        cr_expect(strstr(err.sentence, rows[i].says), "%s: %s", rows[i].text, err.sentence);
        cr_expect(strstr(err.sentence, "test"), "%s", err.sentence);
        cr_expect_null(policy);
    }
}

Test(apparmor_policy, the_deny_rule_that_decided_is_named)
{
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy =
        parse("profile t {\n file,\n deny /proc/** w, # kernel\n}\n");
    const struct aa_file_rule *rule = NULL;
    cr_expect_eq(apparmor_policy_evaluate(policy, "/proc/x", 7, AA_WRITE | AA_READ, true, &rule), AA_WRITE);
    cr_assert_not_null(rule);
    cr_expect_str_eq(rule->pattern, "/proc/**");
    cr_expect_str_eq(rule->comment, "kernel");
    cr_expect_eq(apparmor_policy_evaluate(policy, "/x", 2, AA_WRITE, true, &rule), 0);
    cr_expect_null(rule);
}

Test(apparmor_policy, capabilities_networks_and_the_rest)
{
    AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy =
        parse("profile t {\n capability chown kill,\n capability,\n deny capability sys_admin,\n network,\n"
              " deny network raw,\n deny network packet,\n mount,\n deny umount,\n ptrace (read) peer=t,\n deny ptrace trace,\n}\n");
    cr_expect(apparmor_policy_allows_capability(policy, "chown"));
    cr_expect(apparmor_policy_allows_capability(policy, "CAP_NET_RAW"));
    cr_expect(!apparmor_policy_allows_capability(policy, "CAP_SYS_ADMIN"));
    cr_expect(apparmor_policy_allows_network(policy, "inet", "stream"));
    cr_expect(!apparmor_policy_allows_network(policy, "inet", "raw"));
    cr_expect(!apparmor_policy_allows_network(policy, "packet", "dgram"));
    cr_expect(apparmor_policy_allows_other(policy, "mount"));
    cr_expect(!apparmor_policy_allows_other(policy, "umount"));
    cr_expect(apparmor_policy_allows_other(policy, "ptrace"));
    cr_expect(!apparmor_policy_allows_other(policy, "signal"));
}

Test(apparmor_policy, any_name_and_comment_survives_writing)
{
    static const char *const names[] = {"a", "a b", "a\"b", "a#b", "/usr/bin/x", "a\\b", "a@{b}", "a\\@{b}"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = apparmor_policy_new(names[i]);
        cr_assert_eq(apparmor_policy_add_file(policy, false, "/x", AA_READ, NULL, "one\ntwo, } \\x", NULL), 0);
        AUTO_BUF struct buf text = BUF_INIT;
        apparmor_policy_write(policy, &text);
        AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *again = parse(buf_text(&text));
        cr_expect_str_eq(again->name, names[i]);
        cr_expect_eq(again->file_count, 1);
        cr_expect_str_eq(again->files[0].comment, "one\\x0atwo, } \\x");
    }
}

Test(apparmor_policy, what_was_read_is_written_and_read_again)
{
    static const struct {
        const char *head; /* and the definitions before it */
        const char *rule;
        const char *name;
        const char *attachment;
        const char *kept; /* text of the first rule that is kept as text */
    } rows[] = {
        /* A path that is a name only is no pattern. */
        {"profile \"/a[b\" /x", "", "/a[b", "/x", NULL},
        {"profile \"/a}{,\" \"/x\"", "", "/a}{,", "/x", NULL},
        /* A path that is both is read as a pattern and kept as text. */
        {"/**\\[0", "", "/**\\[0", "/**\\[0", NULL},
        {"/a\\052b", "", "/a\\052b", "/a\\052b", NULL},
        {"profile \"/a\\@{b,c}\"", "", "/a@{b,c}", "/a\\@{b,c}", NULL},
        {"profile \"v\\@{b}\" /x", "", "v@{b}", "/x", NULL},
        {"profile \"v\\134\\@{b}\" /x", "", "v\\@{b}", "/x", NULL},
        {"@{A}=/x /y\nprofile v@{A}/z", "", "v{/x,/y}/z", NULL, NULL},
        {"@{A}=/x /y\n@{A}/z", "", "/{x,y}/z", "/{x,y}/z", NULL},
        /* Braces that hold no name refer to no variable, however they come about. */
        {"@{A}=x y\nprofile v", "dbus send peer=(name=@@{A}),", "v", NULL, "send peer=(name=\"@{x,y}\")"},
        {"@{A}=@{/a b\nprofile v", "dbus send peer=(name=@{A}),", "v", NULL, "send peer=(name=\"{@{/a,b}\")"},
        {"@{A}=x y\nprofile v", "/@@{A}/z r,", "v", NULL, NULL},
        {"@{A}=b\nprofile v", "dbus send @{A}\\ c path=/d,", "v", NULL, "send \"b\\ c\" path=/d"},
        {"@{A}=b\nprofile v", "unix addr=\"a\\\" @{A}\",", "v", NULL, "addr=\"a\\\" b\""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO_FREE char *text = mem_printf("%s {\n %s\n}\n", rows[i].head, rows[i].rule);
        AUTO_BUF struct buf once = BUF_INIT;
        AUTO_BUF struct buf twice = BUF_INIT;
        AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = parse(text);
        apparmor_policy_write(policy, &once);
        AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *again = parse(buf_text(&once));
        apparmor_policy_write(again, &twice);
        cr_expect_str_eq(buf_text(&once), buf_text(&twice), "%s", text);
        const struct apparmor_policy *both[] = {policy, again};
        for (size_t k = 0; k < ARRAY_COUNT(both); k++) {
            cr_expect_str_eq(both[k]->name, rows[i].name, "%s: %s", text, both[k]->name);
            cr_expect_eq(both[k]->attachment != NULL, rows[i].attachment != NULL, "%s", text);
            if (both[k]->attachment && rows[i].attachment)
                cr_expect_str_eq(both[k]->attachment, rows[i].attachment, "%s", text);
            cr_expect_eq(both[k]->other_count, rows[i].kept != NULL, "%s", text);
            if (rows[i].kept && both[k]->other_count == 1)
                cr_expect_str_eq(both[k]->others[0].text, rows[i].kept, "%s: %s", text, both[k]->others[0].text);
        }
    }
}

/* ---- against apparmor_parser -------------------------------------------------------------- */

static const struct {
    aa_mask ours;
    uint32_t theirs;
} BITS[] = {{AA_EXEC, 1}, {AA_WRITE, 2}, {AA_READ, 4}, {AA_APPEND, 8}, {AA_LOCK, 0x20}, {AA_MAP_EXEC, 0x40}};

/* What the automaton refuses. A link needs its bit at the new name and again at new name, NUL, old name. */
static aa_mask oracle_refused(const struct oracle_dfa *dfa, const char *path, size_t length, bool is_owner)
{
    uint32_t state = oracle_walk(dfa, 1, path, length);
    uint32_t permissions = oracle_permissions(dfa, state, is_owner);
    aa_mask result = 0;
    for (size_t i = 0; i < ARRAY_COUNT(BITS); i++)
        result |= permissions & BITS[i].theirs ? 0 : BITS[i].ours;
    uint32_t pair = oracle_walk(dfa, state, "\0/old", 5);
    if (!(permissions & 0x10) || !(oracle_permissions(dfa, pair, is_owner) & 0x10))
        result |= AA_LINK;
    return result;
}

static void random_walk(uint64_t *seed, const struct oracle_dfa *dfa, struct buf *out)
{
    static const char likely[] = "/abcdeilnoprstuv01.*";
    uint32_t state = 1;
    buf_clear(out);
    uint32_t steps = 1 + oracle_random(seed, 40);
    while (steps-- > 0) {
        for (unsigned attempt = 0; attempt < 120; attempt++) {
            unsigned char byte = attempt < 60 ? (unsigned char)likely[oracle_random(seed, sizeof(likely) - 1)]
                                              : (unsigned char)(1 + oracle_random(seed, 255));
            uint32_t next = oracle_next(dfa, state, byte);
            if (!next)
                continue;
            buf_add_char(out, (char)byte);
            state = next;
            break;
        }
    }
}

static void random_rule(uint64_t *seed, struct buf *out)
{
    static const char *const patterns[] = {"/**", "/a/**", "/a/*", "/*", "/a/b", "/a/b/", "/a{,/**}", "/{a,b}/*", "/a/[^b]*",
                                           "/a/b*", "/?/b", "/a/**/b", "/b/{a,ab,abc}", "/**/", "/a/{,**}", "/b/[a-c]?"};
    static const char *const modes[] = {"r", "w", "rw", "a", "ra", "rwk", "l", "rl", "m", "mr", "k", "rix", "ix", "rwlkmix"};
    static const char *const deny_modes[] = {"r", "w", "a", "x", "l", "m", "k", "rw", "wl", "rwlkmx", "rwx"};
    bool deny = oracle_random(seed, 3) == 0;
    buf_printf(out, "  %s%s%s %s,\n", deny ? "deny " : "", oracle_random(seed, 4) == 0 ? "owner " : "",
               patterns[oracle_random(seed, (uint32_t)ARRAY_COUNT(patterns))],
               deny ? deny_modes[oracle_random(seed, (uint32_t)ARRAY_COUNT(deny_modes))]
                    : modes[oracle_random(seed, (uint32_t)ARRAY_COUNT(modes))]);
}

static size_t compare(uint64_t *seed, const struct apparmor_policy *policy, const struct oracle_dfa *dfa, unsigned paths,
                      const char *text)
{
    for (unsigned i = 0; i < paths; i++) {
        AUTO_BUF struct buf path = BUF_INIT;
        random_walk(seed, dfa, &path);
        for (unsigned owner = 0; owner < 2; owner++)
            cr_assert_eq(apparmor_policy_evaluate(policy, buf_text(&path), path.length, 127, owner, NULL),
                         oracle_refused(dfa, buf_text(&path), path.length, owner), "%s (owner %u) under\n%s",
                         buf_text(&path), owner, text);
    }
    return (size_t)paths * 2;
}

Test(apparmor_policy, judges_files_as_apparmor_parser, .timeout = 240)
{
    const char *missing = oracle_missing();
    if (missing)
        cr_skip_test("SKIPPED: %s", missing);
    uint64_t seed = 4711;
    size_t cases = 0;
    size_t policies = 0;
    for (unsigned run = 0; run < 10; run++) {
        AUTO_BUF struct buf all = BUF_INIT;
        struct buf texts[32] = {0};
        for (unsigned i = 0; i < ARRAY_COUNT(texts); i++) {
            buf_printf(&texts[i], "profile p%u {\n", i);
            for (uint32_t rules = 1 + oracle_random(&seed, 8); rules > 0; rules--)
                random_rule(&seed, &texts[i]);
            buf_add_text(&texts[i], "}\n");
            buf_add(&all, texts[i].data, texts[i].length);
        }
        struct oracle *oracle = mem_zero(1, sizeof(*oracle));
        cr_assert(oracle_compile(buf_text(&all), all.length, oracle), "%s", buf_text(&all));
        for (size_t i = 0; i < oracle->count; i++) {
            const char *text = buf_text(&texts[atoi(oracle->profiles[i].name + 1)]);
            AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = parse(text);
            if (!oracle->profiles[i].has_file)
                continue;
            cases += compare(&seed, policy, &oracle->profiles[i].file, 60, text);
            policies++;
        }
        for (unsigned i = 0; i < ARRAY_COUNT(texts); i++)
            buf_done(&texts[i]);
        oracle_done(oracle);
        free(oracle);
    }
    (void)printf("%zu verdicts of %zu policies agree with apparmor_parser\n", cases, policies);
    cr_assert_gt(policies, 250);
}

Test(apparmor_policy, judges_networks_as_apparmor_parser)
{
    static const char *const rules[] = {"network,", "network inet,", "network inet stream,", "network tcp,", "network udp,",
                                        "network icmp,", "network stream,", "network raw,", "network packet,",
                                        "network inet packet,", "network inet6 udp,", "network, deny network raw,",
                                        "network, deny network inet,", "network, deny network alg,", "network netlink raw,",
                                        "network, deny network packet,", "network inet tcp,", "network seqpacket,", "network unix,",
                                        "unix,", "unix (create),", "unix (receive) peer=(label=unconfined),", "unix type=stream,",
                                        "unix (send) type=dgram peer=(addr=\"@type=stream\"),", "unix, deny unix,",
                                        "unix (bind) type = seqpacket addr=@type,", "unix, deny network unix stream,", "deny unix,",
                                        "network inet, unix addr=\"@a type=raw\","};
    static const struct {
        const char *name;
        unsigned char number;
    } families[] = {{"unix", 1}, {"inet", 2}, {"inet6", 10}, {"netlink", 16}, {"packet", 17}, {"alg", 38}, {"bluetooth", 31}},
      types[] = {{"stream", 1}, {"dgram", 2}, {"raw", 3}, {"rdm", 4}, {"seqpacket", 5}, {"packet", 10}};
    const char *missing = oracle_missing();
    if (missing)
        cr_skip_test("SKIPPED: %s", missing);
    for (size_t i = 0; i < ARRAY_COUNT(rules); i++) {
        AUTO_FREE char *text = mem_printf("profile t {\n %s\n}\n", rules[i]);
        AUTO(apparmor_policy_free_cleanup) struct apparmor_policy *policy = parse(text);
        struct oracle *oracle = mem_zero(1, sizeof(*oracle));
        cr_assert(oracle_compile(text, strlen(text), oracle), "%s", text);
        for (size_t f = 0; f < ARRAY_COUNT(families); f++)
            for (size_t t = 0; t < ARRAY_COUNT(types); t++) {
                char key[5] = {14, 0, (char)families[f].number, 0, (char)types[t].number};
                const struct oracle_dfa *dfa = &oracle->profiles[0].other;
                bool theirs = oracle_permissions(dfa, oracle_walk(dfa, 1, key, sizeof(key)), true) != 0;
                cr_expect_eq(apparmor_policy_allows_network(policy, families[f].name, types[t].name), theirs, "%s: %s %s",
                             rules[i], families[f].name, types[t].name);
            }
        oracle_done(oracle);
        free(oracle);
    }
}
