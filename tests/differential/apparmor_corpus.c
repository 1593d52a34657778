/*
 * Whole AppArmor files against apparmor_parser: each is read with its includes, written, read again, and asked about
 * paths that are made from its own rules, about what attackers try, and about links, execs, capabilities and networks.
 *
 *   apparmor_corpus [--random N] [FILE…]
 *
 * The verdicts of the file, of what was written, of the automaton that apparmor_parser makes of the file and of the one that
 * it makes of what was written must be the same. A file that is only a part (an abstraction, a tunable) is put into a
 * profile first. --random judges so many files made by chance as well. Every disagreement is printed; the last line counts.
 */
#include <errno.h>
#include <stdarg.h>
#include <sys/socket.h>

#include "../unit/model/aa_oracle.h"
#include "base/file.h"
#include "data.h"
#include "model/apparmor_file.h"
#include "random_profile.h"

enum { PATHS_OF_RULE = 6, FAILURES_SHOWN = 60 };

struct tally {
    size_t files, read, refused_by_both;
    size_t profiles, rules;
    size_t verdicts, links, execs, capabilities, networks;
    size_t failures;
    unsigned paths;
    uint64_t seed;
};

/* A policy, the same read from what was written, and the automata of both. */
struct pair {
    const char *file;
    const struct apparmor_policy *policy;
    const struct apparmor_policy *again;
    const struct oracle_profile *theirs;
    const struct oracle_profile *theirs_again;
};

static void fail(struct tally *tally, const struct pair *pair, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void fail(struct tally *tally, const struct pair *pair, const char *format, ...)
{
    va_list arguments;
    if (tally->failures++ >= FAILURES_SHOWN)
        return;
    (void)printf("FAIL: %s%s%s: ", pair->file, pair->policy ? ": profile " : "", pair->policy ? pair->policy->name : "");
    va_start(arguments, format);
    (void)vprintf(format, arguments);
    va_end(arguments);
    (void)putchar('\n');
}

/* ---- paths -------------------------------------------------------------------------------- */

static const struct {
    aa_mask ours;
    uint32_t theirs;
} BITS[] = {{AA_EXEC, 1}, {AA_WRITE, 2}, {AA_READ, 4}, {AA_APPEND, 8}, {AA_LOCK, 0x20}, {AA_MAP_EXEC, 0x40}};
static const aa_mask ALL = AA_EXEC | AA_WRITE | AA_READ | AA_APPEND | AA_LOCK | AA_MAP_EXEC;

static aa_mask their_refusal(const struct oracle_profile *profile, const char *path, size_t length, bool owner)
{
    uint32_t state = profile->has_file ? oracle_walk(&profile->file, 1, path, length) : 0;
    uint32_t bits = profile->has_file ? oracle_permissions(&profile->file, state, owner) : 0;
    aa_mask refused = 0;
    for (size_t i = 0; i < ARRAY_COUNT(BITS); i++)
        refused |= bits & BITS[i].theirs ? 0 : BITS[i].ours;
    return refused;
}

static void check_path(struct tally *tally, const struct pair *pair, const char *path, size_t length)
{
    for (unsigned owner = 0; owner < 2; owner++) {
        aa_mask ours = apparmor_policy_evaluate(pair->policy, path, length, ALL, owner, NULL);
        aa_mask again = apparmor_policy_evaluate(pair->again, path, length, ALL, owner, NULL);
        aa_mask theirs = their_refusal(pair->theirs, path, length, owner);
        aa_mask theirs_again = their_refusal(pair->theirs_again, path, length, owner);
        if (ours != again || ours != theirs || ours != theirs_again)
            fail(tally, pair, "%s (owner %u): refused are %#x, %#x once written, %#x by the automaton, %#x by that of what was written",
                 path, owner, ours, again, theirs, theirs_again);
        tally->verdicts++;
    }
}

/* ---- links -------------------------------------------------------------------------------- */

/* security/apparmor/file.c of Linux 6.1, profile_path_link and dfa_map_xindex. */
static bool they_link(const struct oracle_profile *profile, const char *link, const char *target, bool owner)
{
    const struct oracle_dfa *dfa = &profile->file;
    unsigned shift = owner ? 0 : 14;
    if (!profile->has_file)
        return false;
    uint32_t state = oracle_walk(dfa, 1, link, strlen(link));
    uint32_t link_bits = (state ? oracle_cell(dfa, 1, state) : 0) >> shift & 0x3fff;
    state = oracle_walk(dfa, state, "", 1);
    state = state ? oracle_walk(dfa, state, target, strlen(target)) : 0;
    uint32_t pair_bits = (state ? oracle_cell(dfa, 1, state) : 0) >> shift & 0x3fff;
    if (!(link_bits & 0x10) || !(pair_bits & 0x10))
        return false;
    if (!(pair_bits & 0x20))
        return true;
    state = oracle_walk(dfa, 1, target, strlen(target));
    uint32_t target_bits = (state ? oracle_cell(dfa, 1, state) : 0) >> shift & 0x3fff;
    if (link_bits & 0x6f & ~target_bits)
        return false;
    bool unsafe = link_bits & 0x100, target_unsafe = target_bits & 0x100;
    return !(link_bits & 1) || ((link_bits & 0x3e80) == (target_bits & 0x3e80) && (!unsafe || target_unsafe));
}

static void check_link(struct tally *tally, const struct pair *pair, const char *link, const char *target)
{
    for (unsigned owner = 0; owner < 2; owner++) {
        bool ours = apparmor_policy_allows_link(pair->policy, link, strlen(link), target, strlen(target), owner);
        bool again = apparmor_policy_allows_link(pair->again, link, strlen(link), target, strlen(target), owner);
        bool theirs = they_link(pair->theirs, link, target, owner);
        bool theirs_again = they_link(pair->theirs_again, link, target, owner);
        if (ours != again || ours != theirs || ours != theirs_again)
            fail(tally, pair, "link %s -> %s (owner %u): %d, %d once written, %d by the automaton, %d by that of what was written",
                 link, target, owner, ours, again, theirs, theirs_again);
        tally->links++;
    }
}

/* ---- execs -------------------------------------------------------------------------------- */

static void unquote(const char *text, struct buf *out)
{
    bool quoted = text[0] == '"';
    size_t length = strlen(text);
    buf_add(out, text + quoted, length - 2u * quoted);
}

/* The same words for both: "px clean, else inherit -> name". */
static void our_exec(const struct apparmor_policy *policy, const char *path, bool owner, struct buf *out)
{
    static const char *const kinds[] = {"refused", "inherit", "profile", "child", "unconfined"};
    struct aa_exec exec;
    apparmor_policy_exec(policy, path, strlen(path), owner, &exec);
    bool named = exec.target != NULL;
    buf_printf(out, "%s%s", named ? "named" : kinds[exec.kind], exec.clean ? " clean" : "");
    if (exec.fallback)
        buf_printf(out, " else %s", kinds[exec.fallback]);
    if (!named)
        return;
    AUTO_BUF struct buf target = BUF_INIT;
    unquote(exec.target, &target);
    /* apparmor_parser leaves a child's parent out. */
    const char *own = policy->parent ? policy->name + strlen(policy->parent) + 2 : policy->name;
    buf_printf(out, " %s%s%s", exec.kind == AA_EXEC_CHILD ? own : "", exec.kind == AA_EXEC_CHILD ? "//" : "", buf_text(&target));
}

static void their_exec(const struct oracle_profile *profile, const char *path, bool owner, struct buf *out)
{
    uint32_t state = profile->has_file ? oracle_walk(&profile->file, 1, path, strlen(path)) : 0;
    uint32_t bits = (state ? oracle_cell(&profile->file, 1, state) : 0) >> (owner ? 0 : 14) & 0x3fff;
    unsigned index = bits >> 10 & 0xf;
    bool inherit = bits & 0x200, unconfined = bits & 0x80, clean = !(bits & 0x100);
    if (!(bits & 1)) {
        buf_add_text(out, "refused");
        return;
    }
    bool plain = index == 0;
    const char *kind = plain ? "inherit" : index == 1 ? "unconfined" : index == 2 ? "profile" : index == 3 ? "child" : "named";
    buf_printf(out, "%s%s", kind, clean && !plain ? " clean" : "");
    if (index > 1 && (inherit || unconfined))
        buf_printf(out, " else %s", inherit ? "inherit" : "unconfined");
    if (index > 3)
        buf_printf(out, " %s", oracle_transition(profile, index - 4));
}

static void check_exec(struct tally *tally, const struct pair *pair, const char *path)
{
    for (unsigned owner = 0; owner < 2; owner++) {
        struct buf said[4] = {0};
        our_exec(pair->policy, path, owner, &said[0]);
        our_exec(pair->again, path, owner, &said[1]);
        their_exec(pair->theirs, path, owner, &said[2]);
        their_exec(pair->theirs_again, path, owner, &said[3]);
        bool same = true;
        for (size_t i = 1; i < ARRAY_COUNT(said); i++)
            same = same && strcmp(buf_text(&said[0]), buf_text(&said[i])) == 0;
        if (!same)
            fail(tally, pair, "exec of %s (owner %u): %s | once written %s | automaton %s | of what was written %s", path, owner,
                 buf_text(&said[0]), buf_text(&said[1]), buf_text(&said[2]), buf_text(&said[3]));
        for (size_t i = 0; i < ARRAY_COUNT(said); i++)
            buf_done(&said[i]);
        tally->execs++;
    }
}

/* ---- capabilities and networks ------------------------------------------------------------ */

static void check_capabilities(struct tally *tally, const struct pair *pair)
{
    for (size_t i = 0; i < data_capabilities_count; i++) {
        const char *name = data_capabilities[i].capability;
        unsigned number = (unsigned)data_capabilities[i].number;
        bool ours = apparmor_policy_allows_capability(pair->policy, name);
        bool again = apparmor_policy_allows_capability(pair->again, name);
        bool theirs = pair->theirs->capabilities >> number & 1;
        bool theirs_again = pair->theirs_again->capabilities >> number & 1;
        if (ours != again || ours != theirs || ours != theirs_again)
            fail(tally, pair, "capability %s: %d, %d once written, %d in the binary, %d in that of what was written", name, ours,
                 again, theirs, theirs_again);
        tally->capabilities++;
    }
}

static bool they_allow_network(const struct oracle_profile *profile, unsigned char family, unsigned char type)
{
    const char key[5] = {14, 0, (char)family, 0, (char)type};
    return profile->has_other && oracle_permissions(&profile->other, oracle_walk(&profile->other, 1, key, sizeof(key)), true);
}

static void check_networks(struct tally *tally, const struct pair *pair)
{
    static const struct {
        const char *name;
        unsigned char number;
    } families[] = {{"unix", AF_UNIX},     {"inet", AF_INET},         {"ax25", AF_AX25},     {"ipx", AF_IPX},         {"appletalk", AF_APPLETALK},
                    {"netrom", AF_NETROM}, {"bridge", AF_BRIDGE}, {"atmpvc", AF_ATMPVC},   {"x25", AF_X25},
                    {"inet6", AF_INET6},   {"rose", AF_ROSE},     {"netbeui", AF_NETBEUI}, {"security", AF_SECURITY},
                    {"key", AF_KEY},       {"netlink", AF_NETLINK}, {"packet", AF_PACKET}, {"rds", AF_RDS},
                    {"irda", AF_IRDA},     {"pppox", AF_PPPOX},   {"llc", AF_LLC},         {"can", AF_CAN},
                    {"tipc", AF_TIPC},     {"bluetooth", AF_BLUETOOTH}, {"alg", AF_ALG},   {"nfc", AF_NFC},
                    {"vsock", AF_VSOCK},   {"kcm", AF_KCM},       {"smc", AF_SMC},         {"xdp", AF_XDP}},
      types[] = {{"stream", 1}, {"dgram", 2}, {"raw", 3}, {"rdm", 4}, {"seqpacket", 5}, {"packet", 10}};
    for (size_t f = 0; f < ARRAY_COUNT(families); f++)
        for (size_t t = 0; t < ARRAY_COUNT(types); t++) {
            bool ours = apparmor_policy_allows_network(pair->policy, families[f].name, types[t].name);
            bool again = apparmor_policy_allows_network(pair->again, families[f].name, types[t].name);
            bool theirs = they_allow_network(pair->theirs, families[f].number, types[t].number);
            bool theirs_again = they_allow_network(pair->theirs_again, families[f].number, types[t].number);
            if (ours != again || ours != theirs || ours != theirs_again)
                fail(tally, pair, "network %s %s: %d, %d once written, %d by the automaton, %d by that of what was written",
                     families[f].name, types[t].name, ours, again, theirs, theirs_again);
            tally->networks++;
        }
}

/* ---- profiles ----------------------------------------------------------------------------- */

static void check_sampled(struct tally *tally, const struct pair *pair, const char *pattern, bool executes)
{
    AUTO_BUF struct buf before = BUF_INIT;
    buf_add_text(&before, "/old");
    for (unsigned i = 0; i < tally->paths; i++) {
        AUTO_BUF struct buf path = BUF_INIT;
        sample_member(&tally->seed, pattern, pattern + strlen(pattern), &path);
        if (i % 2)
            sample_near(&tally->seed, &path);
        if (path.length == 0 || path.data[0] != '/')
            continue;
        check_path(tally, pair, buf_text(&path), path.length);
        check_link(tally, pair, buf_text(&path), buf_text(&before));
        check_link(tally, pair, buf_text(&before), buf_text(&path));
        if (executes || i == 0)
            check_exec(tally, pair, buf_text(&path));
        buf_clear(&before);
        buf_add(&before, path.data, path.length);
    }
}

static void check_pairs(struct tally *tally, const struct pair *pair)
{
    for (size_t i = 0; i < pair->policy->other_count; i++) {
        const struct aa_link_pair *names = pair->policy->others[i].pair;
        for (unsigned k = 0; names && k < 4 * tally->paths; k++) {
            AUTO_BUF struct buf link = BUF_INIT;
            AUTO_BUF struct buf target = BUF_INIT;
            sample_member(&tally->seed, names->link, names->link + strlen(names->link), &link);
            sample_member(&tally->seed, names->target, names->target + strlen(names->target), &target);
            if (k % 3 == 2)
                sample_near(&tally->seed, k % 2 ? &link : &target);
            check_link(tally, pair, buf_text(&link), buf_text(&target));
        }
    }
}

static void check_profile(struct tally *tally, const struct pair *pair)
{
    const struct apparmor_policy *policy = pair->policy;
    tally->profiles++;
    tally->rules += policy->file_count + policy->capability_count + policy->network_count + policy->other_count;
    if (policy->hat != pair->theirs->hat || policy->hat != pair->theirs_again->hat)
        fail(tally, pair, "is a hat: %d here, %d and %d in the binaries", policy->hat, pair->theirs->hat, pair->theirs_again->hat);
    for (size_t i = 0; i < policy->file_count; i++)
        check_sampled(tally, pair, policy->files[i].pattern, !policy->files[i].deny && policy->files[i].permissions & AA_EXEC);
    for (size_t i = 0; i < data_apparmor_probes_count; i++) {
        check_path(tally, pair, data_apparmor_probes[i].path, strlen(data_apparmor_probes[i].path));
        check_exec(tally, pair, data_apparmor_probes[i].path);
    }
    check_pairs(tally, pair);
    check_capabilities(tally, pair);
    check_networks(tally, pair);
}

/* ---- files -------------------------------------------------------------------------------- */

/* Parts of profiles stand in a profile, those of preambles before one; an abi is named by one. */
static void wrap(const char *path, const struct buf *bytes, struct buf *out)
{
    const char *name = strstr(path, "apparmor.d/");
    name = name ? name + strlen("apparmor.d/") : "";
    if (strncmp(name, "abi/", 4) == 0)
        buf_printf(out, "abi <%s>,\nprofile part {\n  /part r,\n}\n", name);
    else if (strncmp(name, "tunables/", 9) == 0)
        buf_printf(out, "%sinclude <%s>\nprofile part {\n  /part r,\n}\n",
                   strcmp(name, "tunables/global") == 0 ? "" : "include <tunables/global>\n", name);
    else if (strchr(name, '/'))
        buf_printf(out, "include <tunables/global>\nprofile part {\n  include <%s>\n}\n", name);
    else
        buf_add(out, bytes->data, bytes->length);
}

static void check_profiles(struct tally *tally, const char *path, const struct apparmor_file *file,
                           const struct apparmor_file *again, const struct oracle *before, const struct oracle *after)
{
    struct pair pair = {.file = path};
    if (before->count != file->profile_count || after->count != file->profile_count || again->profile_count != file->profile_count)
        fail(tally, &pair, "%zu profiles, %zu once written, %zu in the binary, %zu in that of what was written", file->profile_count,
             again->profile_count, before->count, after->count);
    for (size_t i = 0; i < file->profile_count; i++) {
        const char *name = file->profiles[i]->name;
        pair.policy = file->profiles[i];
        pair.again = apparmor_file_find(again, name);
        pair.theirs = oracle_find(before, name);
        pair.theirs_again = oracle_find(after, name);
        if (pair.again && pair.theirs && pair.theirs_again)
            check_profile(tally, &pair);
        else
            fail(tally, &pair, "is missing: %s%s%s", pair.again ? "" : "what was written ", pair.theirs ? "" : "the binary ",
                 pair.theirs_again ? "" : "the binary of what was written");
    }
}

static void check_text(struct tally *tally, const char *path, const struct buf *text)
{
    static const char *const roots[] = {"/etc/apparmor.d"};
    const struct apparmor_file_options options = {.roots = roots, .root_count = 1, .open_paths = true};
    const struct pair nothing = {.file = path};
    AUTO(apparmor_file_free_cleanup) struct apparmor_file *file = NULL;
    AUTO(apparmor_file_free_cleanup) struct apparmor_file *again = NULL;
    AUTO_BUF struct buf written = BUF_INIT;
    AUTO_BUF struct buf twice = BUF_INIT;
    struct err err = ERR_INIT;
    AUTO(oracle_free) struct oracle *before = oracle_new();
    AUTO(oracle_free) struct oracle *after = oracle_new();
    bool accepted = oracle_compile(buf_text(text), text->length, before);
    int rc = apparmor_file_parse(path, buf_text(text), text->length, &options, &file, &err);
    if (rc < 0 && !accepted) {
        (void)printf("refused by apparmor_parser too: %s\n", err.sentence);
        tally->refused_by_both++;
        return;
    }
    if (rc < 0 || !accepted) {
        fail(tally, &nothing, "%s", rc < 0 ? err.sentence : "apparmor_parser refuses it");
        return;
    }
    tally->read++;
    apparmor_file_write(file, &written);
    if (apparmor_file_parse("written", buf_text(&written), written.length, NULL, &again, &err) < 0) {
        fail(tally, &nothing, "what was written is not read: %s", err.sentence);
        return;
    }
    apparmor_file_write(again, &twice);
    if (strcmp(buf_text(&written), buf_text(&twice)) != 0)
        fail(tally, &nothing, "what was written and read is written differently");
    if (!oracle_compile(buf_text(&written), written.length, after))
        fail(tally, &nothing, "apparmor_parser refuses what was written");
    else
        check_profiles(tally, path, file, again, before, after);
}

static void check_file(struct tally *tally, const char *path)
{
    AUTO_BUF struct buf bytes = BUF_INIT;
    AUTO_BUF struct buf text = BUF_INIT;
    struct err err = ERR_INIT;
    tally->files++;
    if (file_read(path, 1 << 20, &bytes, &err) < 0) {
        fail(tally, &(struct pair){.file = path}, "%s", err.sentence);
        return;
    }
    wrap(path, &bytes, &text);
    check_text(tally, path, &text);
}

static void check_random(struct tally *tally, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        AUTO_BUF struct buf text = BUF_INIT;
        AUTO_FREE char *name = mem_printf("file %u by chance", i);
        size_t failures = tally->failures;
        random_file(&tally->seed, &text);
        tally->files++;
        check_text(tally, name, &text);
        if (tally->failures > failures)
            (void)printf("<<<%s>>>\n", buf_text(&text));
    }
}

int main(int argc, char **argv)
{
    struct tally tally = {.paths = PATHS_OF_RULE, .seed = 20230611};
    int first = 1;
    const char *missing = oracle_missing();
    if (missing) {
        (void)printf("SKIPPED: %s\n", missing);
        return 77;
    }
    if (argc > 2 && strcmp(argv[1], "--random") == 0) {
        check_random(&tally, (unsigned)atoi(argv[2]));
        first = 3;
    }
    for (int i = first; i < argc; i++)
        check_file(&tally, argv[i]);
    (void)printf("%zu files: %zu read, %zu refused as apparmor_parser refuses them; %zu profiles with %zu rules\n", tally.files,
                 tally.read, tally.refused_by_both, tally.profiles, tally.rules);
    (void)printf("%zu verdicts of paths, %zu of links, %zu of execs, %zu of capabilities, %zu of networks: %zu disagree\n",
                 tally.verdicts, tally.links, tally.execs, tally.capabilities, tally.networks, tally.failures);
    return tally.failures == 0 && tally.read > 0 ? 0 : 1;
}
