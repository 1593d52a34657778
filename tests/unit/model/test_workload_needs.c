/* Needs of small recordings made from words: what must be writable, which capabilities, ports and user. */
#include "model/workload_needs.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

struct maker {
    struct recording *recording;
    struct run *run;
    uint32_t image;
    enum phase phase;
};

static const struct {
    const char *word;
    access_mask did;
    enum file_type type;
} accesses[] = {
    {"read", ACCESS_READ, FILE_REGULAR},
    {"stat", ACCESS_STAT, FILE_REGULAR},
    {"probe", ACCESS_PROBE, FILE_UNKNOWN},
    {"exec", ACCESS_EXEC, FILE_REGULAR},
    {"list", ACCESS_LIST, FILE_DIRECTORY},
    {"mkdir", ACCESS_CREATE, FILE_DIRECTORY},
    {"chown-dir", ACCESS_CHOWN, FILE_DIRECTORY},
    {"create", ACCESS_CREATE | ACCESS_WRITE, FILE_REGULAR},
    {"write", ACCESS_WRITE, FILE_REGULAR},
    {"edit", ACCESS_READ | ACCESS_WRITE, FILE_REGULAR},
    {"truncate", ACCESS_READ | ACCESS_WRITE | ACCESS_TRUNCATE, FILE_REGULAR},
    {"delete", ACCESS_DELETE, FILE_REGULAR},
    {"socket-file", ACCESS_BIND | ACCESS_CREATE, FILE_SOCKET},
    {"device", ACCESS_READ | ACCESS_WRITE, FILE_CHARACTER},
    {"pipe", ACCESS_WRITE, FILE_FIFO},
    {"given", ACCESS_WRITE | ACCESS_INHERIT, FILE_REGULAR},
    {"given-made", ACCESS_WRITE | ACCESS_INHERIT | ACCESS_CHMOD, FILE_REGULAR},
    {"connect", ACCESS_CONNECT, FILE_SOCKET},
};

static const struct {
    const char *word;
    enum fact_kind kind;
} kinds[] = {
    {"listen", FACT_LISTEN}, {"bind", FACT_BIND}, {"socket", FACT_SOCKET}, {"mount", FACT_MOUNT}, {"remount", FACT_MOUNT},
};

static void make_fact(const struct maker *maker, enum fact_kind kind, const char *subject, const char *note, uint64_t value)
{
    struct fact fact = {.kind = kind, .image = maker->image, .object = STRING_NONE, .note = STRING_NONE, .value = value,
                        .subject = recording_string(maker->recording, subject)};
    if (note)
        fact.note = recording_string(maker->recording, note);
    recording_fact(maker->recording, &fact, maker->phase, 1);
}

static void make_part(struct maker *maker, const char *word, const char *rest)
{
    struct recording *recording = maker->recording;
    for (size_t i = 0; i < ARRAY_COUNT(accesses); i++)
        if (strcmp(word, accesses[i].word) == 0) {
            recording_path(recording, recording_string(recording, rest), maker->image, maker->phase, accesses[i].did,
                           accesses[i].type);
            return;
        }
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++)
        if (strcmp(word, kinds[i].word) == 0) {
            make_fact(maker, kinds[i].kind, rest, NULL, strcmp(word, "remount") == 0 ? 32 : 0);
            return;
        }
    if (strcmp(word, "user") == 0)
        maker->run->user_id = (uint32_t)strtoul(rest, NULL, 10);
    else if (strcmp(word, "image") == 0)
        maker->image = recording_image(recording, recording_string(recording, rest), STRING_NONE, STRING_NONE);
    else if (strcmp(word, "serving") == 0)
        maker->phase = PHASE_SERVING;
    else if (strcmp(word, "startup") == 0)
        maker->phase = PHASE_STARTUP;
    else if (strcmp(word, "needs") == 0)
        make_fact(maker, FACT_CAPABILITY, "a_call", "for a reason", strtoul(rest, NULL, 10));
    else if (strcmp(word, "lost") == 0)
        recording_loss(recording, maker->run, LOSS_PRIVILEGE, 1, rest);
    else
        cr_assert_fail("no such word: %s", word);
}

/* Parts "WORD REST", with "; " between. */
static struct recording *recording_of(const char *text)
{
    struct maker maker = {.recording = recording_new()};
    maker.run = recording_add_run(maker.recording);
    *maker.run = (struct run){.command = maker.run->command, .machine = STRING_NONE, .method = STRING_NONE, .libc = STRING_NONE,
                              .kernel = STRING_NONE, .directory = STRING_NONE, .serving_sign = STRING_NONE, .end = END_EXITED,
                              .serving_ns = UINT64_MAX, .user_id = 0};
    maker.run->resources = (struct resources){.peak_memory_bytes = 10 << 20, .peak_threads = 3, .peak_processes = 2};
    maker.image = recording_image(maker.recording, recording_string(maker.recording, "/app"), STRING_NONE, STRING_NONE);
    AUTO_FREE char *copy = mem_strdup(text);
    char *rest = copy;
    for (char *part; (part = strsep(&rest, ";"));) {
        part += strspn(part, " ");
        char *word = strsep(&part, " ");
        if (*word)
            make_part(&maker, word, part ? part : "");
    }
    return maker.recording;
}

/* ---- places -------------------------------------------------------------------------------------- */

static void describe_places(const struct need_places *places, struct buf *out)
{
    static const char *const marks[] = {[PLACE_DIRECTORY] = "", [PLACE_CROWDED] = "crowded:", [PLACE_SYSTEM] = "system:"};
    for (size_t i = 0; i < places->count; i++) {
        const struct need_place *place = &places->items[i];
        buf_printf(out, "%s%s%s", i ? " " : "", marks[place->kind], place->path);
        if (place->hides)
            buf_printf(out, "(%s)", place->hides);
    }
    if (places->mountable && places->count > 0)
        buf_add_text(out, " fits");
}

static const struct {
    const char *recording;
    const char *mounts; /* parted by blanks */
    const char *places;
} place_rows[] = {
    {"read /etc/passwd; exec /bin/sh; stat /tmp; probe /var/x", "", ""},
    {"create /var/log/app/a.log", "", "/var/log/app fits"},
    {"write /var/log/app/a.log", "", "/var/log/app fits"},
    {"mkdir /var/lib/nginx/body; chown-dir /var/lib/nginx/body; mkdir /var/lib/nginx/proxy", "", "/var/lib/nginx fits"},
    {"create /run/nginx.pid; delete /run/nginx.pid", "", "/run fits"},
    {"socket-file /run/app.sock", "", "/run fits"},
    {"mkdir /tmp/a; mkdir /tmp/a/b; create /tmp/a/b/c", "", "/tmp fits"},
    /* What was there before needs a mount of its own even below another. */
    {"create /srv/x; create /srv/old/y", "", "/srv /srv/old fits"},
    /* Ordered bytewise, though the paths that they come from are not. */
    {"create /data/x; create /data-old/y", "", "/data /data-old fits"},
    /* Below a directory of the system what the workload makes itself is the place. */
    {"mkdir /var/lib/app; create /var/lib/app/db", "", "/var/lib/app fits"},
    {"mkdir /opt/a; mkdir /opt/a/b; create /opt/a/b/c", "", "/opt/a fits"},
    {"create /etc/app.conf", "", "system:/etc/app.conf"},
    {"create /marker", "", "system:/marker"},
    {"edit /etc/passwd", "", "system:/etc/passwd"},
    {"chown-dir /etc", "", "system:/etc"},
    {"chown-dir /data", "", "/data fits"},
    /* An empty mount would hide what is used. */
    {"create /srv/log; read /srv/server.js", "", "crowded:/srv(/srv/server.js)"},
    {"edit /data/db", "", "crowded:/data(/data/db)"},
    {"truncate /run/old.pid", "", "/run fits"},
    {"create /srv/log; exec /srv/bin/tool; mkdir /srv/new; read /srv/new/file", "", "crowded:/srv(/srv/bin/tool)"},
    {"create /srv/log; stat /srv/server.js; probe /srv/other", "", "/srv fits"},
    /* A mount of its own holds what is below it. */
    {"create /srv/x; read /srv/conf/a", "/srv/conf", "/srv fits"},
    {"create /data/x; create /var/log/y", "/data", "/var/log fits"},
    {"create /data/x", "/data", ""},
    {"create /database/x", "/data", "/database fits"},
    {"create /run/secrets/x", "/var/run/secrets", ""},
    {"create /run/lock/x", "/var/lock", ""},
    {"create /run/lock/app/x; create /run/lock/other/x", "/var/lock/app", "/run/lock/other fits"},
    {"create /data/x", "/", "/data fits"},
    /* What runtimes mount, what came open, what is no file of the file system. */
    {"write /dev/shm/x; create /dev/x; write /proc/self/oom_score_adj; write /sys/x", "", ""},
    {"given /var/log/out", "", ""},
    {"given-made /var/log/out", "", "/var/log fits"},
    {"device /srv/null; pipe /srv/pipe; connect /run/x.sock", "", ""},
    {"mount /scratch; create /scratch/x", "", ""},
    {"remount /scratch; create /scratch/x", "", "/scratch fits"},
};

static struct need_mounts mounts_of(char *words, const char *targets[static 8])
{
    struct need_mounts mounts = {.targets = targets};
    for (char *word; (word = strsep(&words, " "));)
        if (*word)
            targets[mounts.count++] = word;
    return mounts;
}

Test(workload_needs, places)
{
    for (size_t i = 0; i < ARRAY_COUNT(place_rows); i++) {
        AUTO(recording_free_cleanup) struct recording *recording = recording_of(place_rows[i].recording);
        AUTO(workload_needs_free_cleanup) struct workload_needs *needs = workload_needs_new(recording, ADVICE_MARGIN);
        AUTO_FREE char *words = mem_strdup(place_rows[i].mounts);
        const char *targets[8];
        struct need_mounts mounts = mounts_of(words, targets);
        AUTO_NEED_PLACES struct need_places places = {0};
        AUTO_BUF struct buf text = BUF_INIT;
        workload_needs_places(needs, &mounts, &places);
        describe_places(&places, &text);
        cr_expect_str_eq(buf_text(&text), place_rows[i].places, "%s [%s]", place_rows[i].recording, place_rows[i].mounts);
    }
}

Test(workload_needs, place_tells_who_and_how_often)
{
    AUTO(recording_free_cleanup) struct recording *recording =
        recording_of("read /usr/sbin/x; image /usr/sbin/x; serving; mkdir /tmp/a; create /tmp/a/b; delete /tmp/c");
    AUTO(workload_needs_free_cleanup) struct workload_needs *needs = workload_needs_new(recording, ADVICE_MARGIN);
    AUTO_NEED_PLACES struct need_places places = {0};
    AUTO_BUF struct buf text = BUF_INIT;
    workload_needs_places(needs, NULL, &places);
    cr_assert_eq(places.count, 1);
    cr_expect_eq(places.items[0].paths, 3);
    cr_expect_eq(places.items[0].did, ACCESS_CREATE | ACCESS_WRITE | ACCESS_DELETE);
    need_evidence_describe(&places.items[0].evidence, &text);
    cr_expect_str_eq(buf_text(&text), "mkdir /tmp/a by /usr/sbin/x while serving");
}

/* A recording counts what it lost, and not when. */
Test(workload_needs, evidence_of_a_loss_tells_no_phase)
{
    AUTO(recording_free_cleanup) struct recording *recording = recording_of("lost /usr/bin/sudo");
    AUTO(workload_needs_free_cleanup) struct workload_needs *needs = workload_needs_new(recording, ADVICE_MARGIN);
    AUTO_BUF struct buf text = BUF_INIT;
    need_evidence_describe(&needs->gains_privilege, &text);
    cr_expect(strncmp(buf_text(&text), "exec ", 5) == 0 && !strstr(buf_text(&text), "start-up"), "%s", buf_text(&text));
}

Test(workload_needs, a_port_has_its_earliest_phase)
{
    AUTO(recording_free_cleanup) struct recording *recording =
        recording_of("serving; listen inet 0.0.0.0:80; image /other; startup; listen inet6 [::]:80");
    AUTO(workload_needs_free_cleanup) struct workload_needs *needs = workload_needs_new(recording, ADVICE_MARGIN);
    cr_assert_eq(needs->port_count, 1);
    cr_expect_eq(needs->ports[0].evidence.phase, PHASE_STARTUP);
    cr_expect_eq(needs->ports[0].evidence.count, 2);
}

Test(workload_needs, places_are_capped_and_counted)
{
    AUTO(recording_free_cleanup) struct recording *recording = recording_new();
    struct run *run = recording_add_run(recording);
    run->end = END_EXITED;
    uint32_t image = recording_image(recording, recording_string(recording, "/app"), STRING_NONE, STRING_NONE);
    for (int i = 0; i < NEED_PLACES_MAX + 3; i++) {
        AUTO_FREE char *path = mem_printf("/d%d/f", i);
        recording_path(recording, recording_string(recording, path), image, PHASE_STARTUP, ACCESS_CREATE, FILE_REGULAR);
    }
    AUTO(workload_needs_free_cleanup) struct workload_needs *needs = workload_needs_new(recording, ADVICE_MARGIN);
    AUTO_NEED_PLACES struct need_places places = {0};
    workload_needs_places(needs, NULL, &places);
    cr_expect_eq(places.count, NEED_PLACES_MAX);
    cr_expect_eq(places.omitted, 3);
    cr_expect_not(places.mountable);
}

/* ---- what is done below a path -------------------------------------------------------------------- */

static const struct {
    const char *recording;
    const char *path;
    const char *mounts;
    const char *use; /* o opened w written x executed d device, and the number of paths */
} use_rows[] = {
    {"", "/data", "", "0"},
    {"stat /data/a; probe /data/b", "/data", "", "1"},
    {"read /data/a; read /database/b", "/data", "", "o1"},
    {"list /data; create /data/b", "/data", "", "ow2"},
    {"list /data; create /data/sub/b", "/data", "/data/sub", "o1"},
    {"create /data/sub/b", "/data/sub", "/data/sub /data", "ow1"},
    {"exec /data/run", "/data", "", "ox1"},
    {"device /data/kvm", "/data", "", "od1"},
    {"given /data/log", "/data", "", "0"},
    {"read /run/secrets/kubernetes.io/serviceaccount/token", "/var/run/secrets/kubernetes.io/serviceaccount", "", "o1"},
    {"connect /run/docker.sock", "/var/run/docker.sock", "", "o1"},
    {"create /run/lock/app/x; create /run/lock/other/x", "/var/lock/app", "", "ow1"},
    {"read /a; create /b/c", "/", "/b", "o1"},
};

Test(workload_needs, uses_below_a_path)
{
    for (size_t i = 0; i < ARRAY_COUNT(use_rows); i++) {
        AUTO(recording_free_cleanup) struct recording *recording = recording_of(use_rows[i].recording);
        AUTO(workload_needs_free_cleanup) struct workload_needs *needs = workload_needs_new(recording, ADVICE_MARGIN);
        AUTO_FREE char *words = mem_strdup(use_rows[i].mounts);
        const char *targets[8];
        struct need_mounts mounts = mounts_of(words, targets);
        struct path_use use;
        workload_needs_path(needs, use_rows[i].path, &mounts, &use);
        AUTO_FREE char *text = mem_printf("%s%s%s%s%zu", use.opened ? "o" : "", use.written ? "w" : "",
                                          use.executed ? "x" : "", use.device ? "d" : "", use.paths);
        cr_expect_str_eq(text, use_rows[i].use, "%s below %s", use_rows[i].recording, use_rows[i].path);
        cr_expect_eq(use.opened, use.opened_by.what != NULL);
        cr_expect_eq(use.written, use.written_by.what != NULL);
    }
}

/* ---- capabilities, ports, users --------------------------------------------------------------------- */

static const struct {
    const char *recording;
    const char *ports;
} port_rows[] = {
    {"", ""},
    {"bind inet 0.0.0.0:80; listen inet 0.0.0.0:80", "80"},
    {"bind inet 0.0.0.0:80; listen inet 0.0.0.0:80; bind inet6 [::]:80; listen inet6 [::]:80", "80"},
    {"bind inet 127.0.0.1:6379; listen inet 127.0.0.1:6379", "6379l"},
    {"bind inet 127.0.0.1:80; listen inet 127.0.0.1:80; bind inet 10.0.0.1:80; listen inet 10.0.0.1:80", "80"},
    {"bind inet6 [::1]:25; listen inet6 [::1]:25", "25l"},
    {"listen inet 0.0.0.0:443", "443"},
    {"bind inet6 [::]:0; listen inet6 [::]:51157", ""},
    {"socket inet dgram 0; bind inet 0.0.0.0:53", "53u"},
    {"socket inet stream 0; bind inet 0.0.0.0:53", ""},
    {"socket inet dgram 0; bind inet 0.0.0.0:0", ""},
    {"bind unix /run/x:80; listen unix /run/x:80; listen inet 0.0.0.0:99999; listen inet 0.0.0.0:x", ""},
    {"socket inet dgram udp; bind inet 0.0.0.0:53; listen inet 0.0.0.0:8080; bind inet 0.0.0.0:8080", "53u 8080"},
};

Test(workload_needs, ports)
{
    for (size_t i = 0; i < ARRAY_COUNT(port_rows); i++) {
        AUTO(recording_free_cleanup) struct recording *recording = recording_of(port_rows[i].recording);
        AUTO(workload_needs_free_cleanup) struct workload_needs *needs = workload_needs_new(recording, ADVICE_MARGIN);
        AUTO_BUF struct buf text = BUF_INIT;
        for (size_t p = 0; p < needs->port_count; p++)
            buf_printf(&text, "%s%u%s%s", p ? " " : "", needs->ports[p].port, needs->ports[p].udp ? "u" : "",
                       needs->ports[p].loopback ? "l" : "");
        cr_expect_str_eq(buf_text(&text), port_rows[i].ports, "%s", port_rows[i].recording);
    }
}

static const struct {
    const char *recording;
    const char *user; /* r root, n needed, b becomes another, p a program gains privilege, k sets the kernel; then the capabilities */
} user_rows[] = {
    {"user 0", "r"},
    {"user 1000", ""},
    {"user 0; needs 0; needs 7; needs 0", "rnb 0x2 7x1"},
    {"user 0; needs 10", "rn 10x1"},
    {"user 0; needs 64", "r"},
    {"user 1000; needs 13", "p 13x1"},
    {"user 1000; lost /usr/bin/sudo", "p"},
    {"user 0; write /proc/sys/vm/max_map_count", "rk"},
    {"user 0; edit /sys/kernel/mm/transparent_hugepage/enabled", "rk"},
    {"user 0; read /proc/sys/vm/max_map_count; write /proc/1/oom_score_adj; write /system", "r"},
    {"user 0; given /proc/sys/vm/max_map_count", "r"},
};

Test(workload_needs, users_and_capabilities)
{
    for (size_t i = 0; i < ARRAY_COUNT(user_rows); i++) {
        AUTO(recording_free_cleanup) struct recording *recording = recording_of(user_rows[i].recording);
        AUTO(workload_needs_free_cleanup) struct workload_needs *needs = workload_needs_new(recording, ADVICE_MARGIN);
        AUTO_BUF struct buf text = BUF_INIT;
        const struct need_user *user = &needs->user;
        cr_expect(user->known);
        buf_printf(&text, "%s%s%s%s%s", user->root ? "r" : "", user->root_needed ? "n" : "", user->becomes_another ? "b" : "",
                   needs->gains_privilege.what ? "p" : "", needs->sets_kernel.what ? "k" : "");
        for (size_t c = 0; c < needs->capability_count; c++) {
            const struct need_capability *capability = &needs->capabilities[c];
            buf_printf(&text, " %dx%llu", capability->number, (unsigned long long)capability->evidence.count);
            cr_expect_eq(workload_needs_capability(needs, capability->number), capability);
        }
        cr_expect_str_eq(buf_text(&text), user_rows[i].user, "%s", user_rows[i].recording);
    }
}

Test(workload_needs, runs_of_different_users_are_not_known)
{
    AUTO(recording_free_cleanup) struct recording *recording = recording_of("user 0");
    AUTO(recording_free_cleanup) struct recording *other = recording_of("user 33");
    recording_merge(recording, other);
    AUTO(workload_needs_free_cleanup) struct workload_needs *needs = workload_needs_new(recording, ADVICE_MARGIN);
    cr_expect_not(needs->user.known);
    cr_expect_not(needs->user.root);
}

Test(workload_needs, peaks_and_limits)
{
    AUTO(recording_free_cleanup) struct recording *recording = recording_of("read /x");
    AUTO(workload_needs_free_cleanup) struct workload_needs *needs = workload_needs_new(recording, ADVICE_MARGIN);
    cr_expect_eq(needs->load.peak_memory_bytes, 10 << 20);
    cr_expect_eq(needs->limits.memory_limit_mib, 15);
    cr_expect_eq(needs->limits.pids_limit, 7);
    cr_expect(needs->complete);
    cr_expect_not(needs->served);
}

Test(workload_needs, of_nothing)
{
    AUTO(recording_free_cleanup) struct recording *recording = recording_new();
    AUTO(workload_needs_free_cleanup) struct workload_needs *needs = workload_needs_new(recording, ADVICE_MARGIN);
    struct path_use use;
    workload_needs_path(needs, "/", NULL, &use);
    cr_expect_not(use.opened);
    cr_expect_not(needs->user.known);
    cr_expect_not(needs->complete);
}
