/* Where workloads could run: small recordings, made from words, and the verdict that is known of them. */
#include "model/advice.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/errno_name.h"
#include "base/mem.h"
#include "model/advice_usage.h"
#include "model/syscall.h"

struct maker {
    struct recording *recording;
    struct run *run;
    uint32_t image;
};

/* "NAME COUNT [ERRNO]": a call that gave that error each time, or worked. */
static void make_call(const struct maker *maker, enum abi abi, char *words)
{
    const char *name = strsep(&words, " ");
    uint64_t count = strtoull(strsep(&words, " "), NULL, 10);
    int number = syscall_number(abi, name);
    cr_assert_geq(number, 0, "%s", name);
    struct call_record *call = recording_call(maker->recording, maker->image, abi, (uint64_t)number);
    call->count[PHASE_STARTUP] += count;
    call_record_result(call, words ? errno_from_name(words) : 0, count);
}

static void make_path(const struct maker *maker, const char *path, access_mask did, enum file_type type)
{
    recording_path(maker->recording, recording_string(maker->recording, path), maker->image, PHASE_STARTUP, did, type);
}

static void make_fact(const struct maker *maker, enum fact_kind kind, const char *subject, const char *note,
                      uint64_t value)
{
    struct fact fact = {.kind = kind, .image = maker->image, .object = STRING_NONE, .note = STRING_NONE, .value = value,
                        .subject = recording_string(maker->recording, subject)};
    if (note)
        fact.note = recording_string(maker->recording, note);
    recording_fact(maker->recording, &fact, PHASE_STARTUP, 1);
}

/* True when words begin with word, which is then taken off. */
static bool takes(char **words, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(*words, word, length) != 0)
        return false;
    *words += length;
    return true;
}

static void make_part(struct maker *maker, char *words)
{
    struct resources *resources = &maker->run->resources;
    if (takes(&words, "processes "))
        resources->total_processes = resources->peak_processes = strtoull(words, NULL, 10);
    else if (takes(&words, "threads "))
        resources->peak_threads = strtoull(words, NULL, 10);
    else if (takes(&words, "memory "))
        resources->peak_memory_bytes = strtoull(words, NULL, 10);
    else if (takes(&words, "attached"))
        maker->run->method = recording_string(maker->recording, "attach");
    else if (takes(&words, "exec "))
        maker->recording->images[recording_image(maker->recording, recording_string(maker->recording, words),
                                                 STRING_NONE, STRING_NONE)].execs++;
    else if (takes(&words, "status "))
        maker->run->end_value = (int)strtol(words, NULL, 10);
    else if (takes(&words, "lost"))
        recording_loss(maker->recording, maker->run, LOSS_IO_URING, 1, "words");
    else if (takes(&words, "device "))
        make_path(maker, words, ACCESS_READ | ACCESS_WRITE, FILE_CHARACTER);
    else if (takes(&words, "inherited "))
        make_path(maker, words, ACCESS_READ | ACCESS_WRITE | ACCESS_INHERIT, FILE_CHARACTER);
    else if (takes(&words, "looked-at "))
        make_path(maker, words, ACCESS_STAT, FILE_CHARACTER);
    else if (takes(&words, "block "))
        make_path(maker, words, ACCESS_READ, FILE_BLOCK);
    else if (takes(&words, "writes "))
        make_path(maker, words, ACCESS_WRITE | ACCESS_CREATE, FILE_REGULAR);
    else if (takes(&words, "binds "))
        make_path(maker, words, ACCESS_BIND, FILE_SOCKET);
    else if (takes(&words, "connects "))
        make_path(maker, words, ACCESS_CONNECT, FILE_SOCKET);
    else if (takes(&words, "family "))
        make_fact(maker, FACT_SOCKET, words, NULL, 0);
    else if (takes(&words, "mounts "))
        make_fact(maker, FACT_MOUNT, "/mnt", words, 0);
    else if (takes(&words, "time-namespace"))
        make_fact(maker, FACT_NAMESPACE, "unshare", NULL, 0x80);
    else if (takes(&words, "i386 "))
        make_call(maker, ABI_I386, words);
    else
        make_call(maker, ABI_X86_64, words);
}

/* A run of 10 s that ended well, of one process, and what text adds, parted by "; ". */
static struct recording *recording_of(const char *text)
{
    struct maker maker = {.recording = recording_new()};
    maker.run = recording_add_run(maker.recording);
    maker.run->end = END_EXITED;
    maker.run->duration_ns = 10000000000u;
    maker.run->machine = recording_string(maker.recording, "x86_64");
    maker.run->resources = (struct resources){.total_processes = 1, .peak_processes = 1, .peak_threads = 1,
                                              .peak_memory_bytes = 10 << 20, .cpu_user_ns = 1000000000};
    maker.image = recording_image(maker.recording, recording_string(maker.recording, "/app"), STRING_NONE, STRING_NONE);
    maker.recording->images[maker.image].execs = 1;
    AUTO_FREE char *copy = mem_strdup(text);
    char *rest = copy;
    for (char *part; (part = strsep(&rest, ";"));) {
        part += strspn(part, " ");
        if (*part)
            make_part(&maker, part);
    }
    return maker.recording;
}

static struct advice *advice_of(const char *text, unsigned margin)
{
    AUTO(recording_free_cleanup) struct recording *recording = recording_of(text);
    return advice_new((const struct recording *const[]){recording}, 1, margin);
}

static const struct {
    const char *recording;
    const char *platform;
    enum verdict verdict;
    const char *evidence; /* predicate and its argument, or NULL: none against it */
    const char *item;     /* the first of that evidence; NULL: not looked at */
} rows[] = {
    {"read 5", "runc", VERDICT_YES, NULL, NULL},
    {"read 5", "gvisor", VERDICT_YES, NULL, NULL},
    {"read 5", "kata", VERDICT_YES, NULL, NULL},
    {"read 5", "firecracker", VERDICT_LIKELY, NULL, NULL},
    {"read 5", "nanos", VERDICT_POSSIBLE, NULL, NULL},
    {"read 5", "osv", VERDICT_POSSIBLE, NULL, NULL},
    {"read 5", "mirage", VERDICT_NO, NULL, NULL},
    {"read 5; lost", "gvisor", VERDICT_LIKELY, "incomplete ", NULL},
    {"read 5; lost", "nanos", VERDICT_POSSIBLE, "incomplete ", NULL},
    /* The Sentry's calls: worked, only failed, failed otherwise, both, and of a run that failed. */
    {"userfaultfd 3", "gvisor", VERDICT_NO, "gvisor-calls breaks", "userfaultfd"},
    {"userfaultfd 3 ENOSYS", "gvisor", VERDICT_YES, "gvisor-calls survived", "userfaultfd"},
    {"userfaultfd 3 EPERM", "gvisor", VERDICT_YES, "gvisor-calls survived", "userfaultfd"},
    {"userfaultfd 3 EINVAL", "gvisor", VERDICT_LIKELY, "gvisor-calls other-error", "userfaultfd"},
    {"userfaultfd 3 ENOSYS; userfaultfd 1", "gvisor", VERDICT_NO, "gvisor-calls breaks", "userfaultfd"},
    {"userfaultfd 3 ENOSYS; status 1", "gvisor", VERDICT_LIKELY, "gvisor-calls ended-badly", "userfaultfd"},
    {"perf_event_open 1", "gvisor", VERDICT_NO, "gvisor-calls breaks", "perf_event_open"},
    {"perf_event_open 1 ENODEV", "gvisor", VERDICT_YES, "gvisor-calls survived", "perf_event_open"},
    {"io_uring_setup 1", "gvisor", VERDICT_NO, "gvisor-calls breaks", "io_uring_setup"},
    {"io_uring_setup 1 ENOSYS", "gvisor", VERDICT_YES, "gvisor-calls survived", "io_uring_setup"},
    {"bpf 1", "gvisor", VERDICT_NO, "gvisor-calls breaks", "bpf"},
    {"inotify_add_watch 1", "gvisor", VERDICT_LIKELY, "gvisor-calls doubt", "inotify_add_watch"},
    {"ptrace 1", "gvisor", VERDICT_LIKELY, "gvisor-calls doubt", "ptrace"},
    {"openat2 9", "gvisor", VERDICT_YES, "gvisor-calls fallback", "openat2"},
    {"openat2 9 ENOENT; status 1", "gvisor", VERDICT_YES, "gvisor-calls fallback", "openat2"},
    {"mlock 1", "gvisor", VERDICT_YES, "gvisor-calls note", "mlock"},
    {"rseq_slice_yield 1; futex 1; madvise 1; prctl 1", "gvisor", VERDICT_YES, "gvisor-calls note", "rseq_slice_yield"},
    {"i386 getpid 2", "gvisor", VERDICT_NO, "abi i386|x32|arm|riscv64", "i386"},
    {"i386 getpid 2 ENOSYS", "gvisor", VERDICT_YES, NULL, NULL},
    {"i386 getpid 2", "kata", VERDICT_YES, NULL, NULL},
    /* Devices */
    {"device /dev/kvm", "gvisor", VERDICT_NO, "device /dev/kvm|/dev/vhost-net|/dev/vhost-vsock", "/dev/kvm"},
    {"device /dev/kvm", "kata", VERDICT_POSSIBLE, "device /dev/kvm", "/dev/kvm"},
    {"device /dev/null; device /dev/pts/3", "gvisor", VERDICT_YES, NULL, NULL},
    {"inherited /dev/ttyS0; looked-at /dev/kvm", "gvisor", VERDICT_YES, NULL, NULL},
    {"device /dev/snd/pcm0", "gvisor", VERDICT_POSSIBLE, NULL, NULL},
    {"device /dev/snd/pcm0", "kata", VERDICT_LIKELY, NULL, NULL},
    {"device /dev/snd/pcm0", "firecracker", VERDICT_POSSIBLE, NULL, NULL},
    {"device /dev/nvidia0", "firecracker", VERDICT_NO, "device /dev/kvm|/dev/nvidia*", "/dev/nvidia0"},
    {"block /dev/sda", "gvisor", VERDICT_NO, "block-device ", "/dev/sda"},
    {"block /dev/sda", "nanos", VERDICT_NO, "block-device ", "/dev/sda"},
    /* Sockets */
    {"socket 1; family inet raw icmp", "gvisor", VERDICT_POSSIBLE, "socket inet raw|inet6 raw", "inet raw icmp"},
    {"socket 1; family packet raw", "gvisor", VERDICT_POSSIBLE, "socket packet", "packet raw"},
    {"socket 1 EPERM; family inet raw icmp", "gvisor", VERDICT_YES, NULL, NULL},
    {"socket 1; family inet stream tcp; family netlink raw", "gvisor", VERDICT_YES, NULL, NULL},
    {"socket 1; family vsock stream", "gvisor", VERDICT_NO, NULL, NULL},
    {"connects /run/db.sock", "gvisor", VERDICT_POSSIBLE, "unix-outside ", "/run/db.sock"},
    {"connects /run/own.sock; binds /run/own.sock", "gvisor", VERDICT_YES, NULL, NULL},
    /* Mounts, namespaces, the kernel */
    {"mount 1; mounts ext4", "gvisor", VERDICT_NO, NULL, "ext4 on /mnt"},
    {"mount 1; mounts tmpfs", "gvisor", VERDICT_YES, NULL, NULL},
    {"mount 1 EPERM; mounts ext4", "gvisor", VERDICT_YES, NULL, NULL},
    {"mount 1; mounts tmpfs", "lxc", VERDICT_LIKELY, "calls unshare|setns|mount", "mount"},
    {"unshare 1; time-namespace", "gvisor", VERDICT_NO, "time-namespace ", "unshare"},
    {"finit_module 1", "runc", VERDICT_POSSIBLE, "calls init_module|finit_module|delete_module", "finit_module"},
    {"finit_module 1", "gvisor", VERDICT_NO, "gvisor-calls breaks", "finit_module"},
    {"finit_module 1 EPERM", "gvisor", VERDICT_YES, "gvisor-calls survived", "finit_module"},
    {"finit_module 1", "lxc", VERDICT_NO, NULL, "finit_module"},
    {"finit_module 1", "kata", VERDICT_LIKELY, NULL, NULL},
    /* Kernels of one process */
    {"clone 4; processes 5", "nanos", VERDICT_NO, "processes ", "5 processes in one run"},
    {"clone 4; processes 5", "gvisor", VERDICT_YES, NULL, NULL},
    {"exec /bin/b", "osv", VERDICT_NO, "execs ", "/bin/b"},
    {"attached; read 1", "osv", VERDICT_NO, "execs ", "/app"}, /* nobody but the workload executed it */
    {"threads 4", "nanos", VERDICT_POSSIBLE, NULL, NULL},
    {"threads 4", "rumprun", VERDICT_NO, "threads ", "4 threads at once"},
    {"userfaultfd 1", "nanos", VERDICT_NO, NULL, "userfaultfd"},
    {"inotify_init1 1", "unikraft", VERDICT_NO, NULL, "inotify_init1"},
    {"inotify_init1 1", "nanos", VERDICT_POSSIBLE, NULL, NULL},
    {"io_uring_setup 1", "rumprun", VERDICT_NO, "calls io_uring_setup", "io_uring_setup"},
    {"epoll_create1 1", "rumprun", VERDICT_POSSIBLE, NULL, "epoll_create1"},
    {"sendfile 1", "unikraft", VERDICT_POSSIBLE, "libos-calls missing", "sendfile"},
    {"setuid 1", "nanos", VERDICT_POSSIBLE, "libos-calls ignored", "setuid"},
    {"writes /data/x", "osv", VERDICT_POSSIBLE, "writes ", "/data/x"},
};

static const struct advice_evidence *find_evidence(const struct advice_place *place, const char *wanted)
{
    for (size_t i = 0; i < place->evidence_count; i++) {
        char name[512];
        (void)snprintf(name, sizeof(name), "%s %s", place->evidence[i].rule->predicate, place->evidence[i].rule->argument);
        if (strcmp(name, wanted) == 0)
            return &place->evidence[i];
    }
    return NULL;
}

Test(advice, verdicts_and_their_evidence)
{
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        AUTO(advice_free_cleanup) struct advice *advice = advice_of(rows[i].recording, 0);
        const struct advice_place *place = advice_place(advice, rows[i].platform);
        cr_expect_eq(place->verdict, rows[i].verdict, "%s on %s: %s, not %s", rows[i].recording, rows[i].platform,
                     verdict_name(place->verdict), verdict_name(rows[i].verdict));
        const struct advice_evidence *evidence = rows[i].evidence ? find_evidence(place, rows[i].evidence)
                                                 : place->evidence_count ? &place->evidence[0] : NULL;
        cr_expect(!rows[i].evidence || evidence, "%s on %s: no evidence of %s", rows[i].recording, rows[i].platform,
                  rows[i].evidence);
        if (rows[i].item && evidence)
            cr_expect(evidence->item_count > 0 && strcmp(evidence->items[0].what, rows[i].item) == 0, "%s on %s: %s",
                      rows[i].recording, rows[i].platform, evidence->item_count ? evidence->items[0].what : "no item");
    }
}

/* What release builds take for granted. */
Test(advice, every_word_of_the_tables_is_known)
{
    AUTO(advice_free_cleanup) struct advice *advice = advice_of("read 1", 0);
    for (size_t i = 0; i < data_advice_rules_count; i++) {
        const struct data_advice_rules *rule = &data_advice_rules[i];
        cr_expect_not_null(advice_predicate_find(rule->predicate), "%s", rule->predicate);
        cr_expect(advice_listed("no|possible|likely|note|fits", rule->effect), "%s", rule->effect);
        cr_expect(*rule->says && *rule->source);
        AUTO_FREE char *platforms = mem_strdup(rule->platforms);
        char *rest = platforms;
        for (char *word; (word = strsep(&rest, "|"));)
            cr_expect(strcmp(word, "*") == 0 || advice_place(advice, word), "%s", word);
        AUTO_FREE char *argument = mem_strdup(rule->argument);
        rest = argument;
        for (char *word; strcmp(rule->predicate, "calls") == 0 && (word = strsep(&rest, "|"));)
            cr_expect_not_null(syscall_by_name(word), "%s", word);
    }
    for (size_t i = 0; i < data_advice_costs_count; i++)
        cr_expect(advice_place(advice, data_advice_costs[i].platform) && *data_advice_costs[i].source &&
                  advice_listed("files|calls|memory|start|network|cpu", data_advice_costs[i].metric));
    for (size_t i = 0; i < data_advice_platforms_count; i++)
        cr_expect(advice_listed("yes|likely|possible|no", data_advice_platforms[i].best));
    for (size_t i = 0; i < data_gvisor_calls_count; i++)
        cr_expect(*data_gvisor_calls[i].impact == '\0' ||
                  advice_listed("breaks|doubt|fallback|note", data_gvisor_calls[i].impact));
}

static const struct {
    const char *recording;
    const char *platform;
    const char *untrusted;
} choices[] = {
    {"read 5", "runc", "gvisor"},
    {"openat 200", "runc", "kata"}, /* as many as count as many */
    {"openat 199", "runc", "gvisor"},
    {"read 100000", "runc", "kata"}, /* 10,000 a second */
    {"read 99999", "runc", "gvisor"},
    {"userfaultfd 1 ENOSYS", "runc", "gvisor"},
    {"perf_event_open 1", "kata", "kata"}, /* a high risk that worked, and gVisor has it not */
    {"finit_module 1", "runc", "kata"}, /* meant for the host */
    {"mount 1; mounts tmpfs", "gvisor", "gvisor"},
    {"mount 1; mounts tmpfs; lost", "gvisor", "gvisor"},
    {"device /dev/kvm", "runc", NULL},
};

Test(advice, choices)
{
    for (size_t i = 0; i < ARRAY_COUNT(choices); i++) {
        AUTO(advice_free_cleanup) struct advice *advice = advice_of(choices[i].recording, 0);
        const struct advice_choice *choice = &advice->choice;
        cr_expect_str_eq(choice->platform->platform, choices[i].platform, "%s: %s", choices[i].recording,
                         choice->platform->platform);
        const char *untrusted = choice->untrusted ? choice->untrusted->platform : "none";
        cr_expect_str_eq(untrusted, choices[i].untrusted ? choices[i].untrusted : "none", "%s: %s",
                         choices[i].recording, untrusted);
    }
}

static const struct {
    const char *recording;
    unsigned margin;
    struct advice_limits limits;
} limits[] = {
    {"read 1", 0, {0, 10, 10, 100, 100, 1000, 5}},
    {"read 1", 50, {50, 10, 15, 100, 150, 1000, 5}},
    {"threads 100", 50, {50, 10, 15, 100, 150, 1000, 150}},
    {"threads 3", 50, {50, 10, 15, 100, 150, 1000, 7}},
    {"memory 1", 50, {50, 1, 6, 100, 150, 1000, 5}}, /* no engine takes less than 6 */
    {"memory 0", 50, {50, 0, 0, 100, 150, 1000, 5}},
    {"read 1", 1000, {1000, 10, 110, 100, 1100, 2000, 11}},
};

Test(advice, limits_are_peaks_and_a_margin)
{
    for (size_t i = 0; i < ARRAY_COUNT(limits); i++) {
        AUTO(advice_free_cleanup) struct advice *advice = advice_of(limits[i].recording, limits[i].margin);
        const struct advice_limits *got = &advice->limits;
        const struct advice_limits *wanted = &limits[i].limits;
        cr_expect(got->margin == wanted->margin && got->memory_request_mib == wanted->memory_request_mib &&
                      got->memory_limit_mib == wanted->memory_limit_mib && got->cpu_mean_milli == wanted->cpu_mean_milli &&
                      got->cpu_request_milli == wanted->cpu_request_milli &&
                      got->cpu_limit_milli == wanted->cpu_limit_milli && got->pids_limit == wanted->pids_limit,
                  "row %zu: %lu %lu %lu %lu %lu %lu", i, (unsigned long)got->memory_request_mib,
                  (unsigned long)got->memory_limit_mib, (unsigned long)got->cpu_mean_milli,
                  (unsigned long)got->cpu_request_milli, (unsigned long)got->cpu_limit_milli, (unsigned long)got->pids_limit);
    }
}

Test(advice, several_recordings_are_judged_together)
{
    AUTO(recording_free_cleanup) struct recording *one = recording_of("openat 10 ; userfaultfd 2 ENOSYS");
    AUTO(recording_free_cleanup) struct recording *two = recording_of("openat 20; userfaultfd 1");
    const struct recording *both[] = {one, two};
    AUTO(advice_free_cleanup) struct advice *advice = advice_new(both, 2, 0);
    cr_assert_eq(advice->run_count, 2);
    cr_assert_eq(advice->load.opens, 30);
    cr_assert_eq(advice->load.duration_ns, 20000000000u);
    const struct advice_place *gvisor = advice_place(advice, "gvisor");
    cr_assert_eq(gvisor->verdict, VERDICT_NO);
    const struct advice_item *item = &gvisor->evidence[0].items[0];
    cr_assert(item->count == 3 && item->failed == 2 && strcmp(item->answer, "ENOSYS") == 0);
}

static bool knows_not(const struct advice *advice, const char *beginning)
{
    for (size_t i = 0; i < advice->unknown_count; i++)
        if (strncmp(advice->unknown[i], beginning, strlen(beginning)) == 0)
            return true;
    return false;
}

Test(advice, says_what_it_cannot_know)
{
    AUTO(advice_free_cleanup) struct advice *lost = advice_of("read 1; lost", 0);
    AUTO(advice_free_cleanup) struct advice *whole = advice_of("read 1", 0);
    cr_assert(knows_not(lost, "incomplete: ") && !knows_not(whole, "incomplete: "));
    cr_assert(knows_not(whole, "one run: ") && knows_not(whole, "10.0 s in all: ") && knows_not(whole, "it never began"));
    AUTO(recording_free_cleanup) struct recording *long_one = recording_of("read 1");
    long_one->runs[0].duration_ns = 600000000000u;
    long_one->runs[0].serving_ns = 1000000000u;
    const struct recording *twice[] = {long_one, long_one};
    AUTO(advice_free_cleanup) struct advice *better = advice_new(twice, 2, 0);
    cr_assert(!knows_not(better, "one run: ") && !knows_not(better, "1200.0 s") && !knows_not(better, "it never began"));
    cr_assert(better->load.served && better->load.startup_ns == 2000000000u);
}

/* The tables name every call that the system call table of this project has on x86-64. */
Test(advice, a_call_that_gvisor_does_not_list_is_missing_there)
{
    for (size_t i = 0; i < syscall_count(); i++) {
        const struct syscall *call = syscall_at(i);
        if (call->number[ABI_X86_64] == SYSCALL_NONE)
            continue;
        bool found = false;
        for (size_t row = 0; row < data_gvisor_calls_count && !found; row++)
            found = strcmp(data_gvisor_calls[row].call, call->name) == 0;
        cr_expect(found, "%s", call->name);
    }
}
