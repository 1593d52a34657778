#include "model/audit_log.h"

#include <string.h>

#include "base/text.h"
#include "model/audit_log_state.h"

/* Of an example, in bytes before they are escaped. */
enum { EXAMPLE_MAX = 160 };

static const char *const fate_names[AUDIT_FATE_COUNT] = {
    [AUDIT_DENIED] = "denied", [AUDIT_LET] = "complain", [AUDIT_ALLOWED] = "audited", [AUDIT_HANDED] = "handed-over"};

static const char *const trouble_names[AUDIT_TROUBLE_COUNT] = {
    [AUDIT_TOO_LONG] = "too-long",       [AUDIT_BAD_APPARMOR] = "bad-apparmor", [AUDIT_BAD_SECCOMP] = "bad-seccomp",
    [AUDIT_BAD_JSON] = "bad-json",       [AUDIT_UNKNOWN_ABI] = "unknown-abi",   [AUDIT_TOO_MANY] = "too-many",
    [AUDIT_LOST] = "lost",
};
static const char *const trouble_sentences[AUDIT_TROUBLE_COUNT] = {
    [AUDIT_TOO_LONG] = "lines longer than 65,536 bytes, which were not read",
    [AUDIT_BAD_APPARMOR] = "AppArmor records that libapparmor cannot read, or that lack what was asked for",
    [AUDIT_BAD_SECCOMP] = "seccomp records without a system call",
    [AUDIT_BAD_JSON] = "lines of the journal that are not the JSON they begin as",
    [AUDIT_UNKNOWN_ABI] = "system calls through an ABI that this profgen does not know",
    [AUDIT_TOO_MANY] = "records beyond the 100,000 distinct things that are kept",
    [AUDIT_LOST] = "records that the kernel did not write, because there were too many at once",
};

const char *audit_fate_name(enum audit_fate fate)
{
    return fate_names[fate];
}

const char *audit_trouble_name(enum audit_trouble trouble)
{
    return trouble_names[trouble];
}

const char *audit_trouble_sentence(enum audit_trouble trouble)
{
    return trouble_sentences[trouble];
}

/* ---- making and ending ------------------------------------------------------------------------- */

struct audit_log *audit_log_new(const char *only)
{
    struct audit_log *log = mem_zero(1, sizeof(*log));
    log->only = only ? mem_strdup(only) : NULL;
    log->strings = intern_new();
    log->first_ms = AUDIT_NO_TIME;
    log->last_ms = AUDIT_NO_TIME;
    log->state = mem_zero(1, sizeof(*log->state));
    log->state->things = intern_new();
    log->state->seen = intern_new();
    return log;
}

void audit_log_free(struct audit_log *log)
{
    if (!log)
        return;
    for (size_t i = 0; i < log->entry_count; i++)
        for (unsigned k = 0; k < ARRAY_COUNT(log->entries[i].args); k++)
            free(log->entries[i].args[k]);
    for (unsigned i = 0; i < AUDIT_TROUBLE_COUNT; i++)
        free(log->troubles[i].example);
    intern_free(log->state->things);
    intern_free(log->state->seen);
    intern_free(log->strings);
    free(log->entries);
    free(log->state);
    free(log->only);
    free(log);
}

void audit_thing_init(struct audit_thing *thing, enum denial_kind kind)
{
    memset(thing, 0, sizeof(*thing)); /* the padding as well */
    thing->kind = kind;
    uint32_t *const strings[] = {&thing->profile, &thing->program, &thing->comm,         &thing->operation,
                                 &thing->info,    &thing->path,    &thing->target,       &thing->words,        &thing->detail,
                                 &thing->fact_subject, &thing->fact_object, &thing->fact_note};
    for (size_t i = 0; i < ARRAY_COUNT(strings); i++)
        *strings[i] = STRING_NONE;
    thing->fact = FACT_KIND_COUNT;
}

uint32_t audit_log_string(struct audit_log *log, const char *text)
{
    return text ? intern_add(log->strings, text, strlen(text)) : STRING_NONE;
}

uint32_t audit_log_field(struct audit_log *log, const struct audit_line *line, const char *key)
{
    AUTO_BUF struct buf bytes = BUF_INIT;
    if (!audit_field_bytes(line, key, &bytes))
        return STRING_NONE;
    return audit_log_string(log, buf_text(&bytes));
}

const char *audit_log_text(const struct audit_log *log, uint32_t string)
{
    return string == STRING_NONE ? NULL : intern_get(log->strings, string, NULL);
}

void audit_log_trouble(struct audit_log *log, enum audit_trouble trouble, uint64_t count, const char *name,
                       uint64_t number, const char *text, size_t length)
{
    struct audit_troubles *slot = &log->troubles[trouble];
    slot->count += count;
    if (slot->example || count == 0)
        return;
    AUTO_BUF struct buf example = BUF_INIT;
    text_escape(&example, name, strlen(name));
    buf_printf(&example, ":%llu: ", (unsigned long long)number);
    text_escape(&example, text, length < EXAMPLE_MAX ? length : EXAMPLE_MAX);
    if (length > EXAMPLE_MAX)
        buf_add_text(&example, "...");
    slot->example = buf_take(&example);
}

/* ---- entries ----------------------------------------------------------------------------------- */

bool audit_entry_is_denial(const struct audit_entry *entry)
{
    return entry->thing.fate == AUDIT_DENIED || entry->thing.fate == AUDIT_LET;
}

size_t audit_log_denials(const struct audit_log *log, uint64_t *ret_times)
{
    size_t count = 0;
    *ret_times = 0;
    for (size_t i = 0; i < log->entry_count; i++)
        if (audit_entry_is_denial(&log->entries[i])) {
            count++;
            *ret_times += log->entries[i].count;
        }
    return count;
}

static void spread(int64_t *first, int64_t *last, int64_t time)
{
    if (time == AUDIT_NO_TIME)
        return;
    *first = *first == AUDIT_NO_TIME || time < *first ? time : *first;
    *last = *last == AUDIT_NO_TIME || time > *last ? time : *last;
}

/* Of an argument that some record does not tell, nothing is known: then it is as if it had overflown. */
static void add_arguments(struct audit_entry *entry, const struct audit_waiting *waiting)
{
    for (unsigned i = 0; i < ARRAY_COUNT(entry->args); i++) {
        struct call_record only = {.args = {0}};
        if (!entry->args[i])
            entry->args[i] = mem_zero(1, sizeof(*entry->args[i]));
        only.args[i] = entry->args[i];
        if (waiting->has_args && i < ARRAY_COUNT(waiting->args))
            call_record_arg(&only, i, waiting->args[i]);
        else
            entry->args[i]->overflow = true;
    }
}

static struct audit_entry *find_entry(struct audit_log *log, const struct audit_thing *thing)
{
    struct audit_thing key;
    memcpy(&key, thing, sizeof(key));
    key.requested = 0;
    key.did = 0;
    if (thing->kind == DENIAL_FILE)
        key.operation = STRING_NONE;
    uint32_t number = intern_find(log->state->things, &key, sizeof(key));
    if (number != INTERN_NONE)
        return &log->entries[number];
    if (log->entry_count == AUDIT_ENTRIES_MAX)
        return NULL;
    (void)intern_add(log->state->things, &key, sizeof(key));
    MEM_GROW(log->entries, log->entry_count, log->entry_capacity);
    struct audit_entry *entry = &log->entries[log->entry_count++];
    *entry = (struct audit_entry){.thing = *thing, .first_ms = AUDIT_NO_TIME, .last_ms = AUDIT_NO_TIME};
    return entry;
}

static void add(struct audit_log *log, const struct audit_waiting *waiting)
{
    struct audit_entry *entry = find_entry(log, &waiting->thing);
    if (!entry) {
        const char *program = audit_log_text(log, waiting->thing.program);
        log->troubles[AUDIT_TOO_MANY].count++;
        if (!log->troubles[AUDIT_TOO_MANY].example && program) {
            AUTO_BUF struct buf example = BUF_INIT;
            text_escape(&example, program, strlen(program));
            log->troubles[AUDIT_TOO_MANY].example = buf_take(&example);
        }
        return;
    }
    entry->count++;
    entry->thing.requested |= waiting->thing.requested;
    entry->thing.did |= waiting->thing.did;
    spread(&entry->first_ms, &entry->last_ms, waiting->time_ms);
    spread(&log->first_ms, &log->last_ms, waiting->time_ms);
    if (waiting->thing.kind == DENIAL_CALL)
        add_arguments(entry, waiting);
}

/* ---- records ----------------------------------------------------------------------------------- */

void audit_log_end(struct audit_log *log)
{
    for (size_t i = 0; i < log->state->waiting_count; i++)
        add(log, &log->state->waiting[i]);
    log->state->waiting_count = 0;
}

static void forget_waiting(struct audit_log_state *state, size_t index)
{
    state->waiting_count--;
    memmove(&state->waiting[index], &state->waiting[index + 1],
            (state->waiting_count - index) * sizeof(state->waiting[0]));
}

/* Events of several processors come mixed. */
static void wait_for_call(struct audit_log *log, const struct audit_thing *thing, const struct audit_line *line)
{
    struct audit_log_state *state = log->state;
    struct audit_waiting waiting = {.time_ms = line->time_ms, .serial = line->serial};
    memcpy(&waiting.thing, thing, sizeof(*thing)); /* the padding as well */
    if (line->time_ms == AUDIT_NO_TIME) {
        add(log, &waiting);
        return;
    }
    if (state->waiting_count == AUDIT_WAITING_MAX) {
        add(log, &state->waiting[0]);
        forget_waiting(state, 0);
    }
    state->waiting[state->waiting_count++] = waiting;
}

/* The program is that of the end of the call: after an exec that was let through, another than made it. */
static void take_call(struct audit_log *log, const struct audit_line *line)
{
    static const char *const names[] = {"a0", "a1", "a2", "a3"};
    struct audit_log_state *state = log->state;
    uint64_t args[4] = {0};
    bool whole = true;
    for (unsigned i = 0; i < ARRAY_COUNT(names); i++)
        whole &= audit_field_number(line, names[i], 16, &args[i]);
    for (size_t i = 0; i < state->waiting_count;) {
        struct audit_waiting *waiting = &state->waiting[i];
        if (waiting->time_ms != line->time_ms || waiting->serial != line->serial) {
            i++;
            continue;
        }
        bool replaced = waiting->thing.did & ACCESS_EXEC && waiting->thing.fate != AUDIT_DENIED;
        if (waiting->thing.program == STRING_NONE && !replaced)
            waiting->thing.program = audit_log_field(log, line, "exe");
        memcpy(waiting->args, args, sizeof(args));
        waiting->has_args = whole;
        add(log, waiting);
        forget_waiting(state, i);
    }
}

size_t audit_profile_length(const char *profile)
{
    const char *null = strstr(profile, "//null-");
    return null ? (size_t)(null - profile) : strlen(profile);
}

static bool is_wanted(const struct audit_log *log, const struct audit_thing *thing)
{
    const char *profile = audit_log_text(log, thing->profile);
    return !log->only || (profile && strlen(log->only) == audit_profile_length(profile) &&
                          strncmp(log->only, profile, strlen(log->only)) == 0);
}

/* FNV-1a. Of two records of one event it tells whether they are the same. */
static uint64_t hash_bytes(const char *bytes, size_t length)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static bool is_repeated(struct audit_log *log, const struct audit_line *line)
{
    struct audit_log_state *state = log->state;
    const char *start = line->fields;
    if (line->time_ms == AUDIT_NO_TIME)
        return false;
    if (line->record == AUDIT_RECORD_SECCOMP) { /* the kernel's line and auditd's begin differently */
        const char *auid = memmem(start, line->length, "auid=", strlen("auid="));
        start = auid ? auid : start;
    }
    const char *end = line->fields + line->length;
    while (end > start && end[-1] == ' ')
        end--;
    const uint64_t key[] = {(uint64_t)line->time_ms, line->serial, hash_bytes(start, (size_t)(end - start))};
    if (intern_find(state->seen, key, sizeof(key)) != INTERN_NONE)
        return true;
    if (intern_count(state->seen) == AUDIT_SEEN_MAX) {
        intern_free(state->seen);
        state->seen = intern_new();
    }
    (void)intern_add(state->seen, key, sizeof(key));
    return false;
}

/* The kernel counts on since it was started, so that the last word is the whole. */
static void take_lost(struct audit_log *log, const char *name, uint64_t number, const struct audit_line *line,
                      const char *text, size_t length)
{
    uint64_t known = line->lost_ever ? log->state->lost_ever : 0;
    uint64_t more = line->lost > known ? line->lost - known : 0;
    if (line->lost_ever)
        log->state->lost_ever = line->lost;
    audit_log_trouble(log, AUDIT_LOST, more, name, number, text, length);
}

void audit_log_record(struct audit_log *log, const char *name, uint64_t number, const struct audit_line *line,
                      const char *text, size_t length)
{
    bool apparmor = line->record == AUDIT_RECORD_APPARMOR;
    struct audit_thing thing;
    if (line->record == AUDIT_RECORD_LOST)
        take_lost(log, name, number, line, text, length);
    else if (line->record == AUDIT_RECORD_SYSCALL)
        take_call(log, line);
    if (!apparmor && line->record != AUDIT_RECORD_SECCOMP)
        return;
    if (is_repeated(log, line)) {
        log->twice++;
        return;
    }
    *(apparmor ? &log->apparmor : &log->seccomp) += 1;
    switch (apparmor ? audit_apparmor_read(log, line, &thing) : audit_seccomp_read(log, line, &thing)) {
    case AUDIT_READ:
        if (is_wanted(log, &thing))
            wait_for_call(log, &thing, line);
        else
            log->passed++;
        break;
    case AUDIT_STATUS:
        log->status++;
        break;
    case AUDIT_MALFORMED:
        audit_log_trouble(log, apparmor ? AUDIT_BAD_APPARMOR : AUDIT_BAD_SECCOMP, 1, name, number, text, length);
        break;
    case AUDIT_FOREIGN_ABI:
        audit_log_trouble(log, AUDIT_UNKNOWN_ABI, 1, name, number, text, length);
        break;
    }
}

bool audit_log_is_unreadable(const struct audit_log *log)
{
    uint64_t bad = log->troubles[AUDIT_BAD_APPARMOR].count + log->troubles[AUDIT_BAD_SECCOMP].count +
                   log->troubles[AUDIT_UNKNOWN_ABI].count + log->troubles[AUDIT_BAD_JSON].count +
                   log->troubles[AUDIT_TOO_LONG].count;
    return bad > 0 && log->entry_count == 0 && log->status == 0 && log->passed == 0;
}
