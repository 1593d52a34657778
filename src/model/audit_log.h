/*
 * What audit and kernel logs say of AppArmor and seccomp: each distinct thing that was denied, or logged because a
 * profile would deny it, once, with how often and when.
 *
 * Logs are read line by line and may be of any size. AppArmor's records go through libapparmor's parser; of the system
 * call that auditd writes with a record the program is taken. Limits: AUDIT_LINE_MAX bytes a line, AUDIT_ENTRIES_MAX
 * distinct things; what is beyond is counted and said, as are lines that cannot be read. A record that is there twice,
 * in one log or in two, counts once, as far as the last AUDIT_SEEN_MAX records tell.
 */
#pragma once

#include "base/err.h"
#include "base/intern.h"
#include "model/apparmor_policy.h"
#include "model/audit_line.h"
#include "model/denials.h"
#include "model/recording.h"

#define AUDIT_LINE_MAX (64u << 10) /* a path of 4,096 bytes twice, in hexadecimal, and much about it */
#define AUDIT_ENTRIES_MAX 100000u
#define AUDIT_SEEN_MAX (1u << 18)

enum audit_fate {
    AUDIT_DENIED,  /* refused, or the process was killed for it */
    AUDIT_LET,     /* let through and logged: complain mode, SCMP_ACT_LOG */
    AUDIT_ALLOWED, /* by a rule that asks for it to be logged */
    AUDIT_HANDED,  /* a seccomp supervisor or tracer decided */
    AUDIT_FATE_COUNT
};
const char *audit_fate_name(enum audit_fate fate); /* "denied", "complain", "audited", "handed-over" */

enum audit_owner { AUDIT_OWNER_UNKNOWN, AUDIT_OWNER_SELF, AUDIT_OWNER_OTHER };

/* What a record is about. Records of the same thing are one entry: all of it is the same, bytewise, so that it is made
 * with audit_thing_init, but for what says otherwise. Strings are numbers in the log's. */
struct audit_thing {
    enum denial_kind kind;
    enum audit_fate fate;
    uint32_t profile;   /* as the record names it; STRING_NONE when it names none */
    uint32_t program;   /* path of the executable; STRING_NONE when the log does not tell */
    uint32_t comm;      /* the task's name; STRING_NONE */
    uint32_t operation; /* AppArmor's, of a file's entry the first; STRING_NONE for seccomp */
    uint32_t info;      /* the kernel's reason beyond the rules; STRING_NONE */
    /* DENIAL_CALL */
    enum abi abi;
    uint32_t number;
    enum seccomp_action action;
    /* DENIAL_FILE; of a directory the path has a slash at its end */
    uint32_t path;
    uint32_t target; /* of a link: what it would have named; STRING_NONE */
    aa_mask denied;
    aa_mask requested; /* of an entry everything that was */
    access_mask did;   /* the same */
    enum audit_owner owner;
    /* DENIAL_CAPABILITY "sys_admin", DENIAL_NETWORK "inet stream", DENIAL_OTHER "mount", or what it does, for
     * which there is no keyword */
    uint32_t words;
    uint32_t detail; /* DENIAL_OTHER: what follows the keyword in a rule for just this; STRING_NONE */
    /* All but DENIAL_CALL and DENIAL_FILE: as a recording has it; FACT_KIND_COUNT when it has no place for it */
    enum fact_kind fact;
    uint32_t fact_subject;
    uint32_t fact_object;
    uint32_t fact_note;
    uint64_t fact_value;
};
void audit_thing_init(struct audit_thing *thing, enum denial_kind kind);

struct audit_entry {
    struct audit_thing thing;
    uint64_t count;
    int64_t first_ms; /* AUDIT_NO_TIME when no record of it had a time */
    int64_t last_ms;
    struct arg_values *args[6]; /* DENIAL_CALL: NULL unless the log tells what the arguments were */
};
/* Refused, or let through only because nothing is enforced. */
bool audit_entry_is_denial(const struct audit_entry *entry);

enum audit_trouble {
    AUDIT_TOO_LONG,
    AUDIT_BAD_APPARMOR,
    AUDIT_BAD_SECCOMP,
    AUDIT_BAD_JSON,
    AUDIT_UNKNOWN_ABI,
    AUDIT_TOO_MANY,
    AUDIT_LOST,
    AUDIT_TROUBLE_COUNT
};
const char *audit_trouble_name(enum audit_trouble trouble);     /* "too-long" */
const char *audit_trouble_sentence(enum audit_trouble trouble); /* "lines longer than 65,536 bytes, which were not read" */

struct audit_troubles {
    uint64_t count;
    char *example; /* owned: "FILE:LINE: TEXT" of the first, escaped and cut; NULL when there is none */
};

struct audit_log {
    char *only; /* of the records that name a profile or could, only those of this one count; NULL: all */
    struct intern *strings;
    struct audit_entry *entries; /* in the order they first came */
    size_t entry_count;
    size_t entry_capacity;
    struct audit_troubles troubles[AUDIT_TROUBLE_COUNT];
    uint64_t lines;
    uint64_t apparmor; /* records, those below included */
    uint64_t seccomp;
    uint64_t twice;
    uint64_t status; /* AppArmor's records of profiles loaded and replaced, and hints */
    uint64_t passed; /* of other profiles than only */
    int64_t first_ms; /* of what counts; AUDIT_NO_TIME */
    int64_t last_ms;
    struct audit_log_state *state; /* private */
};

/* only may be NULL. */
struct audit_log *audit_log_new(const char *only);
void audit_log_free(struct audit_log *log);
MEM_DEFINE_CLEANUP(struct audit_log *, audit_log_free)

/* Reads a file to its end, "-" for standard input: auditd's, dmesg's, syslog's and journalctl's text, and journalctl's
 * JSON. -EINVAL for what is no text: a compressed log, the journal's own files. */
int audit_log_read(struct audit_log *log, const char *path, struct err *err);
/* One line without its end; name and number are for the examples of what cannot be read. */
void audit_log_line(struct audit_log *log, const char *name, uint64_t number, const char *text, size_t length);
/* No record comes any more. */
void audit_log_end(struct audit_log *log);
/* NULL for STRING_NONE. */
const char *audit_log_text(const struct audit_log *log, uint32_t string);
/* How many entries are denials, and how often in all. */
size_t audit_log_denials(const struct audit_log *log, uint64_t *ret_times);
/* Records were there, and none of them could be read. */
bool audit_log_is_unreadable(const struct audit_log *log);

/* "confined" for "confined//null-/bin/sh", which is what complain mode runs a program in that no rule lets run: its
 * records are the profile's. */
size_t audit_profile_length(const char *profile);

/* Everything in the log as a recording of one run, with the loss that makes it incomplete. images[i], when not NULL,
 * gets the image of entry i. ret_left, when not NULL, how many entries a recording has no place for. */
struct recording *audit_log_recording(const struct audit_log *log, const char *name, uint32_t *images, size_t *ret_left);
