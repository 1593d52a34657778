/*
 * AppArmor text by chance: variables of variables, conditions, aliases, blocks, children and hats, and every form of file
 * rule, from a small alphabet, so that rules meet. Valid as apparmor_parser 3.0.8 has it, which loses all but file rules
 * in a block with qualifiers, all but these and capabilities in a condition, and its way where a profile has both a
 * condition and a network rule: profiles with blocks have other rules nowhere.
 */
#pragma once

#include "base/mem.h"
#include "pattern_sample.h"

struct random_text {
    uint64_t *seed;
    struct buf *out;
    const char *exact_mode; /* one way to exec for all patterns without wildcards, one for the others: more would not compile */
    const char *glob_mode;
    unsigned variables;
    bool blocks; /* in this profile */
};

static inline uint32_t random_below(struct random_text *r, uint32_t below)
{
    return sample_random(r->seed, below);
}

static inline const char *random_of(struct random_text *r, const char *const *items, size_t count)
{
    return items[random_below(r, (uint32_t)count)];
}
#define RANDOM_OF(r, items) random_of((r), (items), ARRAY_COUNT(items))

/* Segments without wildcards and with. */
static const char *const RANDOM_EXACT[] = {"a", "b", "ab", "a.b", "{a,b}", "{a,b{c,}}", "{,a}", "a\\ b", "\\052", "a+b", "x(y)", "a\\,b", "\\141"};
static const char *const RANDOM_GLOB[] = {"*",      "**",    "a*",      "*b",     "?",   "[ab]", "[^a]", "[a-c]x", "a**", "**b",
                                          "{a,*b}", "{*,b/}", "{a,b/**}", "[.a]*", "?b*", "*.*",  ".*",  "{,**}",  "[0-9]*"};

static inline void random_pattern(struct random_text *r, bool globs, struct buf *out)
{
    uint32_t segments = 1 + random_below(r, 3);
    if (r->variables > 0 && random_below(r, 3) == 0)
        buf_printf(out, "@{V%u}", random_below(r, r->variables));
    else
        buf_printf(out, "/%s", random_below(r, 2) ? "a" : "b");
    for (uint32_t i = 0; i < segments; i++)
        buf_printf(out, "/%s", globs && random_below(r, 2) == 0 ? RANDOM_OF(r, RANDOM_GLOB) : RANDOM_OF(r, RANDOM_EXACT));
    if (random_below(r, 6) == 0)
        buf_add_char(out, '/');
}

static inline void random_variables(struct random_text *r)
{
    static const char *const values[] = {"/a", "/b/", "/a/b", "/a/*", "/{a,b}", "/a/ ", "/b//a"};
    unsigned count = random_below(r, 5);
    for (unsigned i = 0; i < count; i++) {
        buf_printf(r->out, "@{V%u}%s", i, random_below(r, 2) ? " = " : "=");
        for (uint32_t k = 1 + random_below(r, 3); k > 0; k--) {
            bool nested = i > 0 && random_below(r, 3) == 0;
            if (nested)
                buf_printf(r->out, "@{V%u}/%s ", random_below(r, i), random_below(r, 2) ? "a" : "");
            else
                buf_printf(r->out, "%s ", RANDOM_OF(r, values));
        }
        buf_add_char(r->out, '\n');
        if (random_below(r, 4) == 0)
            buf_printf(r->out, "@{V%u} += /c\n", i);
    }
    r->variables = count;
    for (char name = 'p'; name < 's'; name++)
        buf_printf(r->out, "$%c = %s\n", name, random_below(r, 2) ? "true" : "false");
    if (random_below(r, 3) == 0)
        buf_printf(r->out, "alias /a/ -> /%s/,\n", random_below(r, 2) ? "b" : "c/d");
}

static inline const char *random_qualifiers(struct random_text *r, bool deny)
{
    static const char *const allowing[] = {"", "", "", "owner ", "allow ", "audit ", "audit allow owner "};
    static const char *const denying[] = {"deny ", "deny owner ", "audit deny "};
    return deny ? RANDOM_OF(r, denying) : RANDOM_OF(r, allowing);
}

static inline void random_file_rule(struct random_text *r)
{
    static const char *const modes[] = {"r", "w", "rw", "a", "ra", "rwk", "l", "rl", "rwl", "m", "mr", "k", "wkl"};
    static const char *const deny_modes[] = {"r", "w", "a", "x", "l", "m", "k", "rw", "wl", "rwlkmx", "rwx", "mx"};
    AUTO_BUF struct buf pattern = BUF_INIT;
    AUTO_BUF struct buf mode = BUF_INIT;
    bool deny = random_below(r, 4) == 0;
    bool exec = !deny && random_below(r, 4) == 0;
    random_pattern(r, true, &pattern);
    bool globs = strpbrk(buf_text(&pattern), "*?[@") != NULL; /* a variable may bring some */
    const char *way = !exec ? "" : globs ? r->glob_mode : r->exact_mode;
    if (exec && globs && strchr(buf_text(&pattern), '@')) /* which it is nobody knows here */
        way = strcmp(r->glob_mode, r->exact_mode) == 0 ? r->glob_mode : "";
    const char *arrow = strstr(way, " ->");
    int letters = (int)(arrow ? (size_t)(arrow - way) : strlen(way));
    buf_printf(&mode, "%s%.*s", deny ? RANDOM_OF(r, deny_modes) : RANDOM_OF(r, modes), letters, way);
    bool mode_first = random_below(r, 4) == 0 && !(arrow && strchr(buf_text(&mode), 'l'));
    bool quoted = random_below(r, 6) == 0;
    const char *quote = quoted ? "\"" : "";
    buf_printf(r->out, "  %s%s", random_qualifiers(r, deny), random_below(r, 8) == 0 ? "file " : "");
    if (mode_first)
        buf_printf(r->out, "%s %s%s%s", buf_text(&mode), quote, buf_text(&pattern), quote);
    else
        buf_printf(r->out, "%s%s%s %s", quote, buf_text(&pattern), quote, buf_text(&mode));
    buf_printf(r->out, "%s,\n", arrow ? arrow : "");
}

static inline void random_link_rule(struct random_text *r)
{
    AUTO_BUF struct buf link = BUF_INIT;
    AUTO_BUF struct buf target = BUF_INIT;
    bool deny = random_below(r, 4) == 0;
    random_pattern(r, true, &link);
    random_pattern(r, true, &target);
    if (random_below(r, 3) == 0)
        buf_printf(r->out, "  %s%s %s -> %s,\n", random_qualifiers(r, deny), random_below(r, 2) ? "l" : "rl", buf_text(&link),
                   buf_text(&target));
    else
        buf_printf(r->out, "  %slink %s%s -> %s,\n", random_qualifiers(r, deny), random_below(r, 2) ? "subset " : "",
                   buf_text(&link), buf_text(&target));
}

static inline void random_word_rule(struct random_text *r)
{
    static const char *const words[] = {
        "capability chown", "capability kill setuid", "deny capability chown", "capability", "audit capability net_raw",
        "network", "network inet", "network inet stream", "deny network raw", "network netlink raw", "network tcp",
        "network inet6 dgram", "deny network inet6", "network unix", "network packet", "allow network udp"};
    static const char *const others[] = {"signal (send) peer=x", "ptrace (read)", "mount fstype=ext4 /dev/sda1 -> /mnt/", "umount /mnt/",
                                         "pivot_root", "unix (connect) type=stream peer=(addr=\"@x\")", "set rlimit nofile <= 1024",
                                         "dbus send bus=system path=/a member={b,c}", "change_profile -> other", "deny mount",
                                         "remount /mnt/", "change_profile /a/** -> {x,y}"};
    buf_printf(r->out, "  %s,\n", random_below(r, 3) ? RANDOM_OF(r, words) : RANDOM_OF(r, others));
}

static inline void random_rules(struct random_text *r, uint32_t count, unsigned depth);

static inline void random_block(struct random_text *r, unsigned depth)
{
    static const char *const heads[] = {"owner", "audit", "allow", "", "if $p", "if not $q", "if defined $r", "if defined @{V0}", "if defined @{NO}"};
    uint32_t head = random_below(r, (uint32_t)ARRAY_COUNT(heads));
    buf_printf(r->out, "  %s {\n", heads[head]);
    if (strcmp(heads[head], "owner") == 0) {
        for (uint32_t i = random_below(r, 3); i > 0; i--)
            buf_printf(r->out, "  /%s/%s r,\n", RANDOM_OF(r, RANDOM_EXACT), RANDOM_OF(r, RANDOM_GLOB));
    } else {
        random_rules(r, 1 + random_below(r, 3), depth + 1);
    }
    bool otherwise = strncmp(heads[head], "if", 2) == 0 && random_below(r, 2) == 0;
    if (otherwise && random_below(r, 2) == 0) {
        buf_add_text(r->out, "  } else if $q {\n");
        random_rules(r, 1 + random_below(r, 2), depth + 1);
    }
    if (otherwise) {
        buf_add_text(r->out, "  } else {\n");
        random_rules(r, 1 + random_below(r, 2), depth + 1);
    }
    buf_add_text(r->out, "  }\n");
}

static inline void random_rules(struct random_text *r, uint32_t count, unsigned depth)
{
    while (count-- > 0) {
        uint32_t kind = random_below(r, 20);
        if (kind < 12)
            random_file_rule(r);
        else if (kind < 14)
            random_link_rule(r);
        else if (!r->blocks)
            random_word_rule(r);
        else if (depth < 3 && kind < 18)
            random_block(r, depth);
        else if (depth == 0)
            buf_printf(r->out, "  %scapability chown,\n", random_below(r, 3) ? "" : "deny ");
    }
}

/* A file of some profiles, each perhaps with a child and a hat. */
static inline void random_file(uint64_t *seed, struct buf *out)
{
    static const char *const modes[] = {"ix", "px", "Px", "cx", "Cx", "ux", "Ux", "pix", "Pix", "cix", "Cix", "pux", "PUx", "cux", "CUx",
                                        "px -> other", "Px -> &stack", "cx -> kid", "Cix -> kid", "PUx -> other//kid"};
    struct random_text r = {.seed = seed, .out = out};
    random_variables(&r);
    for (unsigned i = 0; i < 4; i++) {
        r.blocks = random_below(&r, 2) == 0;
        r.exact_mode = RANDOM_OF(&r, modes);
        r.glob_mode = random_below(&r, 2) ? r.exact_mode : RANDOM_OF(&r, modes);
        buf_printf(out, "%s {\n", i == 0 ? "profile p0 /bin/p0 flags=(complain)" : i == 1 ? "/bin/{p1,q1}" : i == 2 ? "profile \"p 2\" /p2/**" : "profile p3");
        random_rules(&r, 2 + random_below(&r, 10), 0);
        if (random_below(&r, 3) == 0) {
            buf_add_text(out, "  profile kid {\n");
            random_rules(&r, 1 + random_below(&r, 4), 1);
            buf_add_text(out, "  }\n");
        }
        if (random_below(&r, 4) == 0) {
            buf_add_text(out, random_below(&r, 2) ? "\n  ^cap {\n" : "  hat cap {\n");
            random_rules(&r, 1 + random_below(&r, 4), 1);
            buf_add_text(out, "  }\n");
        }
        buf_add_text(out, "}\n");
    }
}
