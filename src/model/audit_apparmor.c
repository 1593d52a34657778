/* AppArmor's records, through libapparmor's parser. */
#include <aalogparse/aalogparse.h>
#include <limits.h>
#include <string.h>
#include <sys/mount.h>

#include "model/aa_needs.h"
#include "model/apparmor_rule.h"
#include "model/audit_record.h"
#include "model/capability.h"

static void free_cleanup(aa_log_record **record)
{
    free_record(*record);
}

/* ---- what libapparmor is given ------------------------------------------------------------------ */

enum shape { STRING, NUMBER, WORD };

/* The fields that are asked for. libapparmor 3.0 gives up at the first one that it does not know, and kernels have
 * brought more since ("class" in 6.2); and it does not free what it has read by then, nor the first of two fields that it
 * keeps in one place. So it is given what it can read. */
static const struct {
    const char *key;
    enum shape shape;
    const char *place; /* the key that it shares its place with; NULL: its own */
} ASKED[] = {
    {"apparmor", STRING, NULL}, {"operation", STRING, NULL}, {"info", STRING, NULL}, {"error", NUMBER, NULL},
    {"profile", STRING, NULL}, {"label", STRING, "profile"}, {"name", STRING, NULL}, {"comm", STRING, NULL},
    {"requested_mask", STRING, NULL}, {"denied_mask", STRING, NULL}, {"fsuid", NUMBER, NULL},
    {"ouid", NUMBER, NULL}, {"target", STRING, NULL}, {"namespace", STRING, NULL}, {"capability", NUMBER, NULL},
    {"capname", STRING, "name"}, {"family", STRING, NULL}, {"sock_type", STRING, NULL}, {"peer", STRING, NULL},
    {"signal", WORD, NULL}, {"fstype", STRING, NULL}, {"srcname", STRING, NULL}, {"flags", STRING, NULL},
    {"bus", STRING, NULL}, {"path", STRING, NULL}, {"interface", STRING, NULL}, {"member", STRING, NULL},
    {"mask", STRING, "denied_mask"}, {"peer_profile", STRING, NULL}, {"peer_label", STRING, "peer_profile"},
};

static size_t find_asked(const char *key, size_t length)
{
    size_t i = 0;
    while (i < ARRAY_COUNT(ASKED) && (strlen(ASKED[i].key) != length || memcmp(ASKED[i].key, key, length) != 0))
        i++;
    return i;
}

static uint64_t place_of(size_t asked)
{
    const char *place = ASKED[asked].place;
    return UINT64_C(1) << (place ? find_asked(place, strlen(place)) : asked);
}

static bool consists_of(const struct audit_field *field, const char *bytes)
{
    for (size_t i = 0; i < field->length; i++)
        if (!field->value[i] || !strchr(bytes, field->value[i]))
            return false;
    return field->length > 0;
}

static bool has_shape(const struct audit_field *field, enum shape shape)
{
    switch (shape) {
    case STRING:
        return field->quoted ? field->length > 0 && !memchr(field->value, '\0', field->length)
                             : field->length % 2 == 0 && consists_of(field, "0123456789abcdefABCDEF");
    case NUMBER:
        return !field->quoted && field->length < 12 && consists_of(field, "0123456789-");
    case WORD:
        return !field->quoted && consists_of(field, "abcdefghijklmnopqrstuvwxyz0123456789+");
    }
    return false;
}

static void write_field(const struct audit_field *field, struct buf *out)
{
    const char *quote = field->quoted ? "\"" : "";
    buf_printf(out, " %.*s=%s", (int)field->key_length, field->key, quote);
    buf_add(out, field->value, field->length);
    buf_add_text(out, quote);
}

/* The record as auditd writes it, whatever stood before it in the log. False when it is cut short. */
static bool write_record(const struct audit_line *line, struct buf *out)
{
    struct audit_field field;
    const char *at = line->fields;
    uint64_t seen = 0;
    _Static_assert(ARRAY_COUNT(ASKED) <= 64, "a bit for each");
    buf_add_text(out, "type=AVC msg=audit(0.000:0):");
    while (audit_field_next(&at, line->fields + line->length, &field)) {
        size_t asked = find_asked(field.key, field.key_length);
        if (field.is_cut)
            return false;
        if (asked < ARRAY_COUNT(ASKED) && ASKED[asked].shape == NUMBER)
            audit_field_end_number(&field);
        /* What is "?" or "(null)" is not there. */
        if (asked == ARRAY_COUNT(ASKED) || seen & place_of(asked) || !has_shape(&field, ASKED[asked].shape))
            continue;
        seen |= place_of(asked);
        /* A profile that kills has refused; libapparmor has no word for it. */
        if (asked == 0 && field.length == 6 && memcmp(field.value, "KILLED", 6) == 0)
            buf_add_text(out, " apparmor=\"DENIED\"");
        else
            write_field(&field, out);
    }
    return true;
}

/* ---- files ------------------------------------------------------------------------------------- */

/* Linux security/apparmor/file.c, aa_audit_perm_mask and PERMS_CHRS_MASK. */
static const struct {
    char letter;
    aa_mask permission;
    access_mask did;
} LETTERS[] = {
    {'r', AA_READ, ACCESS_READ},  {'w', AA_WRITE, ACCESS_WRITE},        {'a', AA_APPEND, ACCESS_APPEND},
    {'c', AA_WRITE, ACCESS_CREATE}, {'d', AA_WRITE, ACCESS_DELETE},     {'l', AA_LINK, ACCESS_LINK},
    {'k', AA_LOCK, ACCESS_LOCK},  {'m', AA_MAP_EXEC, ACCESS_MAP_EXEC},  {'x', AA_EXEC, ACCESS_EXEC},
};

/* False when there is a letter that no file access has, or none at all. */
static bool read_mask(const char *mask, aa_mask *ret, access_mask *ret_did)
{
    *ret = 0;
    *ret_did = 0;
    for (const char *c = mask; c && *c; c++) {
        size_t i = 0;
        while (i < ARRAY_COUNT(LETTERS) && LETTERS[i].letter != *c)
            i++;
        if (i == ARRAY_COUNT(LETTERS))
            return false;
        *ret |= LETTERS[i].permission;
        *ret_did |= LETTERS[i].did;
    }
    *ret &= *ret & AA_WRITE ? ~(aa_mask)AA_APPEND : ~(aa_mask)0;
    return *ret != 0;
}

static bool read_file(struct audit_log *log, const aa_log_record *record, struct audit_thing *thing)
{
    access_mask ignored;
    const char *denied = record->denied_mask ? record->denied_mask : record->requested_mask;
    thing->kind = DENIAL_FILE;
    if (!record->name || !read_mask(record->requested_mask, &thing->requested, &thing->did) ||
        !read_mask(denied, &thing->denied, &ignored))
        return false;
    size_t length = strlen(record->name);
    if (length > 1 && record->name[length - 1] == '/' && thing->did & ACCESS_READ)
        thing->did = (thing->did & ~(access_mask)ACCESS_READ) | ACCESS_LIST;
    thing->path = audit_log_string(log, record->name);
    if (thing->did & ACCESS_LINK)
        thing->target = audit_log_string(log, record->name2);
    if (record->fsuid != ULONG_MAX && record->ouid != ULONG_MAX)
        thing->owner = record->fsuid == record->ouid ? AUDIT_OWNER_SELF : AUDIT_OWNER_OTHER;
    return true;
}

/* ---- capabilities and sockets ------------------------------------------------------------------ */

static bool read_capability(struct audit_log *log, const aa_log_record *record, struct audit_thing *thing)
{
    const struct data_capabilities *capability = record->name ? capability_by_name(record->name) : NULL;
    thing->kind = DENIAL_CAPABILITY;
    if (!capability)
        return false;
    AUTO_FREE char *name = aa_capability_name(capability->number);
    thing->words = audit_log_string(log, name);
    thing->fact = FACT_CAPABILITY;
    thing->fact_value = (uint64_t)capability->number;
    return true;
}

static int number_of(const char *(*name_of)(unsigned), unsigned count, const char *name)
{
    for (unsigned i = 0; i < count; i++) {
        const char *known = name_of(i);
        if (known && name && strcmp(known, name) == 0)
            return (int)i;
    }
    return -1;
}

/* Fit to stand in a rule as it is. */
static bool is_word(const char *text)
{
    return text && *text && text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789")] == '\0';
}

static bool read_network(struct audit_log *log, const struct audit_line *line, const aa_log_record *record,
                         struct audit_thing *thing)
{
    int family = number_of(aa_family_name, 64, record->net_family);
    int type = number_of(aa_socket_type_name, 16, record->net_sock_type);
    uint64_t protocol = 0;
    thing->kind = DENIAL_NETWORK;
    if (!is_word(record->net_family) || !is_word(record->net_sock_type))
        return false;
    AUTO_FREE char *words = mem_printf("%s %s", record->net_family, record->net_sock_type);
    thing->words = audit_log_string(log, words);
    (void)audit_field_number(line, "protocol", 10, &protocol);
    if (family < 0 || type < 0)
        return true;
    AUTO_FREE char *subject = mem_printf("%s %u", words, (unsigned)(protocol & 0xffff));
    thing->fact = FACT_SOCKET;
    thing->fact_subject = audit_log_string(log, subject);
    thing->fact_value = (uint64_t)(unsigned)family << 32 | (uint64_t)(unsigned)type << 16 | (protocol & 0xffff);
    return true;
}

/* ---- what rules have words for ------------------------------------------------------------------ */

/* A value in a rule: in quotes, so that it means itself. */
static void add_quoted(struct buf *out, const char *before, const char *value)
{
    AUTO_BUF struct buf quoted = BUF_INIT;
    if (!value || !*value)
        return;
    aa_glob_quote(&quoted, value, strlen(value));
    buf_printf(out, "%s\"%s\"", before, buf_text(&quoted));
}

/* Words such as "read" and "rw, nosuid" stand in a rule as they are; what is no word is left out. */
static void add_words(struct buf *out, const char *before, const char *words, const char *behind)
{
    size_t length = words ? strlen(words) : 0;
    if (length > 0 && strspn(words, "abcdefghijklmnopqrstuvwxyz0123456789_, ") == length)
        buf_printf(out, "%s%s%s", before, words, behind);
}

static bool is_outside(const aa_log_record *record)
{
    return record->peer && record->profile && strcmp(record->peer, record->profile) != 0;
}

static void read_signal(struct audit_log *log, const aa_log_record *record, struct audit_thing *thing, struct buf *detail)
{
    AUTO_BUF struct buf name = BUF_INIT;
    bool sends = record->requested_mask && strstr(record->requested_mask, "send");
    add_words(detail, "(", record->requested_mask, ")");
    add_words(detail, " set=(", record->signal, ")");
    add_quoted(detail, " peer=", record->peer);
    buf_add_text(&name, "SIG");
    for (const char *c = record->signal; c && *c; c++)
        buf_add_char(&name, *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c);
    thing->fact = FACT_SIGNAL;
    thing->fact_subject = record->signal ? audit_log_string(log, buf_text(&name)) : STRING_NONE;
    thing->fact_object = audit_log_string(log, sends && is_outside(record) ? "outside" : record->peer);
}

static void read_ptrace(struct audit_log *log, const aa_log_record *record, struct audit_thing *thing, struct buf *detail)
{
    bool acts = record->requested_mask && !strstr(record->requested_mask, "by");
    add_words(detail, "(", record->requested_mask, ")");
    add_quoted(detail, " peer=", record->peer);
    thing->fact = FACT_PTRACE;
    thing->fact_subject = audit_log_string(log, record->requested_mask);
    thing->fact_object = audit_log_string(log, acts && is_outside(record) ? "outside" : record->peer);
}

/* Linux security/apparmor/mount.c, audit_mnt_flags. */
static const struct {
    const char *name;
    unsigned long flags;
} MOUNT_FLAGS[] = {
    {"ro", MS_RDONLY},          {"nosuid", MS_NOSUID},      {"nodev", MS_NODEV},           {"noexec", MS_NOEXEC},
    {"sync", MS_SYNCHRONOUS},   {"remount", MS_REMOUNT},    {"mand", MS_MANDLOCK},         {"dirsync", MS_DIRSYNC},
    {"noatime", MS_NOATIME},    {"nodiratime", MS_NODIRATIME}, {"bind", MS_BIND},          {"rbind", MS_BIND | MS_REC},
    {"move", MS_MOVE},          {"silent", MS_SILENT},      {"acl", MS_POSIXACL},          {"unbindable", MS_UNBINDABLE},
    {"runbindable", MS_UNBINDABLE | MS_REC}, {"private", MS_PRIVATE}, {"rprivate", MS_PRIVATE | MS_REC},
    {"slave", MS_SLAVE},        {"rslave", MS_SLAVE | MS_REC}, {"shared", MS_SHARED},      {"rshared", MS_SHARED | MS_REC},
    {"relatime", MS_RELATIME},  {"iversion", MS_I_VERSION}, {"strictatime", MS_STRICTATIME},
};

static uint64_t mount_flags(const char *words)
{
    uint64_t flags = 0;
    for (const char *at = words; at && *at;) {
        size_t length = strcspn(at, ", ");
        for (size_t i = 0; i < ARRAY_COUNT(MOUNT_FLAGS); i++)
            if (strlen(MOUNT_FLAGS[i].name) == length && strncmp(at, MOUNT_FLAGS[i].name, length) == 0)
                flags |= MOUNT_FLAGS[i].flags;
        at += length;
        at += strspn(at, ", ");
    }
    return flags;
}

/* The name of a directory in a recording has no slash at its end. */
static uint32_t directory_string(struct audit_log *log, const char *name)
{
    size_t length = name ? strlen(name) : 0;
    if (length < 2 || name[length - 1] != '/')
        return audit_log_string(log, name);
    return intern_add(log->strings, name, length - 1);
}

static void read_mount(struct audit_log *log, const aa_log_record *record, struct audit_thing *thing, struct buf *detail)
{
    add_words(detail, "fstype=(", record->fs_type, ")");
    add_words(detail, detail->length ? " options=(" : "options=(", record->flags, ")");
    add_quoted(detail, detail->length ? " " : "", record->src_name);
    add_quoted(detail, " -> ", record->name);
    thing->fact = FACT_MOUNT;
    thing->fact_subject = directory_string(log, record->name);
    thing->fact_object = directory_string(log, record->src_name);
    thing->fact_note = audit_log_string(log, record->fs_type);
    thing->fact_value = mount_flags(record->flags);
}

static void read_umount(struct audit_log *log, const aa_log_record *record, struct audit_thing *thing, struct buf *detail)
{
    add_quoted(detail, "", record->name);
    thing->fact = FACT_UMOUNT;
    thing->fact_subject = directory_string(log, record->name);
}

static void read_pivot(struct audit_log *log, const aa_log_record *record, struct audit_thing *thing, struct buf *detail)
{
    add_quoted(detail, "oldroot=", record->src_name);
    add_quoted(detail, detail->length ? " " : "", record->name);
    thing->fact = FACT_ROOT;
    thing->fact_subject = audit_log_string(log, "pivot_root");
    thing->fact_object = directory_string(log, record->name);
}

static void read_change(struct audit_log *log, const aa_log_record *record, struct audit_thing *thing, struct buf *detail)
{
    (void)log;
    (void)thing;
    add_quoted(detail, "-> ", record->name);
}

static void read_dbus(struct audit_log *log, const aa_log_record *record, struct audit_thing *thing, struct buf *detail)
{
    (void)log;
    (void)thing;
    add_words(detail, "(", record->denied_mask, ")");
    add_words(detail, " bus=", record->dbus_bus, "");
    if (record->denied_mask && strcmp(record->denied_mask, "bind") == 0) {
        add_quoted(detail, " name=", record->name);
        return;
    }
    add_quoted(detail, " path=", record->dbus_path);
    add_quoted(detail, " interface=", record->dbus_interface);
    add_quoted(detail, " member=", record->dbus_member);
    if (record->peer_profile) {
        add_quoted(detail, " peer=(label=", record->peer_profile);
        buf_add_char(detail, ')');
    }
}

typedef void word_reader(struct audit_log *log, const aa_log_record *record, struct audit_thing *thing, struct buf *detail);

static const struct {
    const char *operation;
    bool is_prefix;
    const char *keyword;
    word_reader *read;
} WORDS[] = {
    {"ptrace", false, "ptrace", read_ptrace},         {"signal", false, "signal", read_signal},
    {"mount", false, "mount", read_mount},            {"umount", false, "umount", read_umount},
    {"pivotroot", false, "pivot_root", read_pivot},   {"change_profile", false, "change_profile", read_change},
    {"change_onexec", false, "change_profile", read_change}, {"stack", false, "change_profile", read_change},
    {"stack_onexec", false, "change_profile", read_change},
    {"change_hat", false, "change_profile", read_change}, {"dbus_", true, "dbus", read_dbus},
    {"setrlimit", false, "rlimit", NULL},             {"userns_create", false, "userns", NULL},
    {"uring_", true, "io_uring", NULL},
};

static size_t find_words(const char *operation)
{
    size_t i = 0;
    while (i < ARRAY_COUNT(WORDS) && (WORDS[i].is_prefix
                                          ? strncmp(WORDS[i].operation, operation, strlen(WORDS[i].operation)) != 0
                                          : strcmp(WORDS[i].operation, operation) != 0))
        i++;
    return i;
}

static void read_other(struct audit_log *log, const struct audit_line *line, const aa_log_record *record,
                       struct audit_thing *thing)
{
    AUTO_BUF struct buf detail = BUF_INIT;
    struct audit_field field;
    uint64_t limit;
    size_t i = find_words(record->operation);
    bool queue = audit_field_find(line, "class", &field) && field.length == strlen("posix_mqueue") &&
                 memcmp(field.value, "posix_mqueue", field.length) == 0;
    thing->kind = DENIAL_OTHER;
    if (record->net_family) /* only the kernels that mediate UNIX sockets one by one log their addresses */
        thing->words = audit_log_string(log, "unix");
    else if (queue)
        thing->words = audit_log_string(log, "mqueue");
    else
        thing->words = audit_log_string(log, i < ARRAY_COUNT(WORDS) ? WORDS[i].keyword : record->operation);
    if (i < ARRAY_COUNT(WORDS) && WORDS[i].read)
        WORDS[i].read(log, record, thing, &detail);
    else if (record->net_family) {
        add_words(&detail, "(", record->denied_mask, ")");
        add_words(&detail, " type=", record->net_sock_type, "");
    } else if (audit_field_find(line, "rlimit", &field) && audit_field_number(line, "value", 10, &limit)) {
        AUTO_FREE char *name = mem_dup(field.value, field.length);
        add_words(&detail, "", name, "");
        if (detail.length > 0)
            buf_printf(&detail, " <= %llu", (unsigned long long)limit);
    }
    thing->detail = detail.length ? audit_log_string(log, buf_text(&detail)) : STRING_NONE;
}

/* ---- the record -------------------------------------------------------------------------------- */

static bool read_thing(struct audit_log *log, const struct audit_line *line, const aa_log_record *record,
                       struct audit_thing *thing)
{
    struct audit_field field;
    aa_mask mask;
    access_mask did;
    bool words = find_words(record->operation) < ARRAY_COUNT(WORDS);
    if (strcmp(record->operation, "capable") == 0)
        return read_capability(log, record, thing);
    if (record->net_family && !audit_field_find(line, "addr", &field) && !audit_field_find(line, "peer_addr", &field))
        return read_network(log, line, record, thing);
    if (!words && !record->net_family && record->name && read_mask(record->requested_mask, &mask, &did))
        return read_file(log, record, thing);
    read_other(log, line, record, thing);
    /* What has a name and no mask that is known is a file of which the line does not tell enough. */
    return words || record->net_family || !record->name || strcmp(audit_log_text(log, thing->words), "mqueue") == 0;
}

/* A profile of another namespace is ":NAMESPACE:PROFILE", as in labels. */
static uint32_t profile_string(struct audit_log *log, const aa_log_record *record)
{
    if (!record->namespace)
        return audit_log_string(log, record->profile);
    AUTO_FREE char *full = mem_printf(":%s:%s", record->namespace, record->profile);
    return audit_log_string(log, full);
}

enum audit_reading audit_apparmor_read(struct audit_log *log, const struct audit_line *line, struct audit_thing *ret)
{
    AUTO_BUF struct buf text = BUF_INIT;
    if (!write_record(line, &text))
        return AUDIT_MALFORMED;
    AUTO(free_cleanup) aa_log_record *record = parse_record(text.data);
    if (!record)
        return AUDIT_MALFORMED;
    audit_thing_init(ret, DENIAL_OTHER);
    switch (record->event) {
    case AA_RECORD_STATUS:
    case AA_RECORD_HINT:
        return AUDIT_STATUS;
    case AA_RECORD_INVALID:
    case AA_RECORD_ERROR:
        return AUDIT_MALFORMED;
    case AA_RECORD_DENIED:
        ret->fate = AUDIT_DENIED;
        break;
    case AA_RECORD_ALLOWED:
        ret->fate = AUDIT_LET;
        break;
    case AA_RECORD_AUDIT:
        ret->fate = AUDIT_ALLOWED;
        break;
    }
    if (!record->operation || !record->profile || !read_thing(log, line, record, ret))
        return AUDIT_MALFORMED;
    ret->profile = profile_string(log, record);
    ret->operation = audit_log_string(log, record->operation);
    ret->info = audit_log_string(log, record->info);
    ret->comm = audit_log_field(log, line, "comm");
    return AUDIT_READ;
}
