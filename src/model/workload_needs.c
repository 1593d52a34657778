#include "model/workload_needs.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "model/advice_usage.h"
#include "model/needs_index.h"

enum { SETUID = 7, CAPABILITIES_MAX = 64 }; /* linux/capability.h */

static enum phase first_phase(const struct fact *fact)
{
    return fact->count[PHASE_STARTUP] > 0 ? PHASE_STARTUP : PHASE_SERVING;
}

static uint64_t fact_total(const struct fact *fact)
{
    return advice_sum(fact->count[PHASE_STARTUP], fact->count[PHASE_SERVING]);
}

/* Another fact of the same need. */
static void add_evidence(struct need_evidence *evidence, const struct fact *fact)
{
    evidence->count = advice_sum(evidence->count, fact_total(fact));
    if (fact->count[PHASE_STARTUP] > 0)
        evidence->phase = PHASE_STARTUP;
}

/* ---- capabilities --------------------------------------------------------------------------------- */

static void add_capability(struct workload_needs *needs, const struct fact *fact)
{
    const struct recording *recording = needs->recording;
    for (size_t i = 0; i < needs->capability_count; i++) {
        struct need_capability *known = &needs->capabilities[i];
        if (known->number != (int)fact->value)
            continue;
        add_evidence(&known->evidence, fact);
        return;
    }
    needs->capability_set |= UINT64_C(1) << fact->value;
    needs->capabilities[needs->capability_count++] = (struct need_capability){
        .number = (int)fact->value,
        .evidence = {.what = recording_text(recording, fact->subject), .why = recording_text(recording, fact->note),
                     .image = need_image_name(recording, fact->image), .phase = first_phase(fact), .count = fact_total(fact)},
    };
}

static int compare_capabilities(const void *left, const void *right)
{
    return ((const struct need_capability *)left)->number - ((const struct need_capability *)right)->number;
}

static void find_capabilities(struct workload_needs *needs)
{
    needs->capabilities = mem_zero(CAPABILITIES_MAX, sizeof(*needs->capabilities));
    for (size_t i = 0; i < needs->recording->fact_count; i++) {
        const struct fact *fact = &needs->recording->facts[i];
        if (fact->kind == FACT_CAPABILITY && fact->value < CAPABILITIES_MAX)
            add_capability(needs, fact);
    }
    qsort(needs->capabilities, needs->capability_count, sizeof(*needs->capabilities), compare_capabilities);
}

const struct need_capability *workload_needs_capability(const struct workload_needs *needs, int number)
{
    for (size_t i = 0; i < needs->capability_count; i++)
        if (needs->capabilities[i].number == number)
            return &needs->capabilities[i];
    return NULL;
}

/* ---- ports ------------------------------------------------------------------------------------------ */

struct inet_address {
    bool loopback;
    uint16_t port;
};

/* "inet 0.0.0.0:80", "inet6 [::]:80" */
static bool parse_address(const char *subject, struct inet_address *ret)
{
    const char *colon = subject ? strrchr(subject, ':') : NULL;
    if (!colon || strncmp(subject, "inet", 4) != 0)
        return false;
    char *end;
    unsigned long port = strtoul(colon + 1, &end, 10);
    if (end == colon + 1 || *end != '\0' || port > UINT16_MAX)
        return false;
    ret->port = (uint16_t)port;
    ret->loopback = strncmp(subject, "inet 127.", 9) == 0 || strncmp(subject, "inet6 [::1]", 11) == 0 ||
                    strncmp(subject, "inet6 [::ffff:127.", 18) == 0;
    return true;
}

/* Whether an image has a fact of this kind about this port. */
static bool has_port(const struct recording *recording, enum fact_kind kind, uint32_t image, uint16_t port)
{
    for (size_t i = 0; i < recording->fact_count; i++) {
        const struct fact *fact = &recording->facts[i];
        struct inet_address address;
        if (fact->kind == kind && fact->image == image && parse_address(recording_text(recording, fact->subject), &address) &&
            address.port == port)
            return true;
    }
    return false;
}

static bool makes_datagrams(const struct recording *recording, uint32_t image)
{
    for (size_t i = 0; i < recording->fact_count; i++) {
        const struct fact *fact = &recording->facts[i];
        const char *subject = fact->kind == FACT_SOCKET ? recording_text(recording, fact->subject) : NULL;
        if (subject && fact->image == image && strncmp(subject, "inet", 4) == 0 && strstr(subject, " dgram"))
            return true;
    }
    return false;
}

/* TCP: listened on, and not at a port that the kernel chose. UDP: bound and not listened on, by who makes such sockets. */
static bool is_service(const struct recording *recording, const struct fact *fact, uint16_t port)
{
    if (port == 0)
        return false;
    if (fact->kind == FACT_LISTEN)
        return has_port(recording, FACT_BIND, fact->image, port) || !has_port(recording, FACT_BIND, fact->image, 0);
    return fact->kind == FACT_BIND && !has_port(recording, FACT_LISTEN, fact->image, port) &&
           makes_datagrams(recording, fact->image);
}

static void add_port(struct workload_needs *needs, const struct fact *fact, struct inet_address address)
{
    const struct recording *recording = needs->recording;
    bool udp = fact->kind == FACT_BIND;
    for (size_t i = 0; i < needs->port_count; i++) {
        struct need_port *known = &needs->ports[i];
        if (known->port != address.port || known->udp != udp)
            continue;
        known->loopback = known->loopback && address.loopback;
        add_evidence(&known->evidence, fact);
        return;
    }
    needs->ports = mem_resize(needs->ports, needs->port_count + 1, sizeof(*needs->ports));
    needs->ports[needs->port_count++] = (struct need_port){
        .port = address.port,
        .udp = udp,
        .loopback = address.loopback,
        .evidence = {.what = udp ? "bind" : "listen", .subject = recording_text(recording, fact->subject),
                     .image = need_image_name(recording, fact->image), .phase = first_phase(fact), .count = fact_total(fact)},
    };
}

static int compare_ports(const void *left, const void *right)
{
    const struct need_port *a = left;
    const struct need_port *b = right;
    return a->port != b->port ? (a->port < b->port ? -1 : 1) : (int)a->udp - (int)b->udp;
}

/* Facts of a kind are capped, so that looking through them for each is bounded. */
static void find_ports(struct workload_needs *needs)
{
    const struct recording *recording = needs->recording;
    for (size_t i = 0; i < recording->fact_count; i++) {
        const struct fact *fact = &recording->facts[i];
        struct inet_address address;
        if ((fact->kind == FACT_LISTEN || fact->kind == FACT_BIND) &&
            parse_address(recording_text(recording, fact->subject), &address) && is_service(recording, fact, address.port))
            add_port(needs, fact, address);
    }
    if (needs->port_count > 0)
        qsort(needs->ports, needs->port_count, sizeof(*needs->ports), compare_ports);
}

const struct need_port *workload_needs_port(const struct workload_needs *needs, uint16_t port, bool udp)
{
    for (size_t i = 0; i < needs->port_count; i++)
        if (needs->ports[i].port == port && needs->ports[i].udp == udp)
            return &needs->ports[i];
    return NULL;
}

/* ---- who ran it ---------------------------------------------------------------------------------------- */

static void find_user(struct workload_needs *needs)
{
    const struct recording *recording = needs->recording;
    struct need_user user = {.known = recording->run_count > 0};
    for (size_t i = 0; i < recording->run_count; i++) {
        const struct run *run = &recording->runs[i];
        user.known = user.known && run->user_id == recording->runs[0].user_id && run->group_id == recording->runs[0].group_id;
        user.id = run->user_id;
        user.group = run->group_id;
    }
    user.root = user.known && user.id == 0;
    user.root_needed = user.root && needs->capability_set != 0;
    user.becomes_another = user.root && (needs->capability_set >> SETUID & 1);
    needs->user = user;
}

static void find_gained_privilege(struct workload_needs *needs)
{
    const struct recording *recording = needs->recording;
    for (size_t i = 0; i < recording->run_count; i++) {
        const struct loss *loss = &recording->runs[i].losses[LOSS_PRIVILEGE];
        if (loss->count == 0)
            continue;
        needs->gains_privilege = (struct need_evidence){
            .what = "exec", .subject = recording_text(recording, loss->example), .phase = PHASE_COUNT, .count = loss->count};
        return;
    }
    /* No user of a container but root has capabilities, unless a program that is executed brings them. */
    if (needs->user.known && !needs->user.root && needs->capability_count > 0)
        needs->gains_privilege = needs->capabilities[0].evidence;
}

/* Source: readonlyPaths, and the mount of /sys, in the default specifications of Docker, containerd and CRI-O. */
static void find_kernel_setting(struct workload_needs *needs)
{
    static const char *const read_only[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger", "/sys"};
    for (size_t i = 0; i < ARRAY_COUNT(read_only) && !needs->sets_kernel.what; i++) {
        struct path_use use;
        workload_needs_path(needs, read_only[i], NULL, &use);
        needs->sets_kernel = use.written_by;
    }
}

/* ---- the whole -------------------------------------------------------------------------------------------- */

struct workload_needs *workload_needs_new(const struct recording *recording, unsigned margin)
{
    assert(margin <= ADVICE_MARGIN_MAX);
    struct workload_needs *needs = mem_zero(1, sizeof(*needs));
    AUTO_FREE struct advice_usage *usage = advice_usage_new(recording);
    needs->recording = recording;
    needs->complete = recording_complete(recording);
    find_capabilities(needs);
    find_ports(needs);
    find_user(needs);
    find_gained_privilege(needs);
    advice_load_measure(usage, &needs->load);
    advice_limits_make(usage, margin, &needs->limits);
    needs->served = needs->load.served;
    needs->index = needs_index_new(recording);
    find_kernel_setting(needs);
    return needs;
}

void workload_needs_free(struct workload_needs *needs)
{
    if (!needs)
        return;
    needs_index_free(needs->index);
    free(needs->capabilities);
    free(needs->ports);
    free(needs);
}

static void add_escaped(struct buf *out, const char *text)
{
    text_escape(out, text, strlen(text));
}

void need_evidence_describe(const struct need_evidence *evidence, struct buf *out)
{
    add_escaped(out, evidence->what ? evidence->what : "use");
    if (evidence->subject) {
        buf_add_char(out, ' ');
        add_escaped(out, evidence->subject);
    }
    if (evidence->count > 1)
        buf_printf(out, " (%llu times)", (unsigned long long)evidence->count);
    if (evidence->image) {
        buf_add_text(out, " by ");
        add_escaped(out, evidence->image);
    }
    if (evidence->phase != PHASE_COUNT)
        buf_add_text(out, evidence->phase == PHASE_STARTUP ? " during start-up" : " while serving");
}
