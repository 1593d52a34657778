/*
 * An AppArmor profile: what one confined program may do to files, capabilities and the network.
 *
 * It can be read from AppArmor text, written to it, and asked: apparmor_policy_evaluate answers what
 * the kernel would answer. deny always wins over allow; what no rule names is refused.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

/* File permissions as apparmor.d(5) spells them. */
enum aa_permission {
    AA_READ = 1 << 0,
    AA_WRITE = 1 << 1,
    AA_APPEND = 1 << 2,
    AA_LINK = 1 << 3,
    AA_LOCK = 1 << 4,
    AA_MAP_EXEC = 1 << 5, /* m */
    AA_EXEC = 1 << 6,     /* x, with a transition on allow rules */
};
typedef uint32_t aa_mask;

struct aa_glob; /* a compiled pattern */

struct aa_file_rule {
    bool deny;
    bool audit;
    bool owner;
    aa_mask permissions;
    int32_t priority; /* of AppArmor 4: the highest that speaks of a permission decides it; 0 by default */
    uint32_t line;    /* of the file that was read, of the include that brought it where it stands in another; 0 */
    bool included;    /* it stands in another file */
    bool implied;     /* apparmor_parser adds it by itself; it is not written */
    char *exec_mode;  /* "ix", "px", "ux", "Cx -> name", …; NULL when permissions has no AA_EXEC or on deny */
    char *pattern;   /* as AppArmor text without quotes, variables expanded */
    struct aa_glob *glob;
    char *comment; /* NULL or why the rule is there, written behind # */
};

/* Rules that are judged by name: capability, network. */
struct aa_word_rule {
    bool deny;
    bool audit;
    bool included;
    int32_t priority;
    uint32_t line;
    char *words; /* what follows the keyword: "sys_admin", "inet stream"; "" names all */
    char *comment;
};

/* A link rule: which pairs of names may be linked. */
struct aa_link_pair {
    bool subset; /* only where the permissions of the new name are among those of the old one */
    char *link;
    char *target;
    struct aa_glob *link_glob;
    struct aa_glob *target_glob;
};

/* Rules kept as text and matched by kind only: mount, umount, pivot_root, ptrace, signal, unix, dbus,
 * change_profile, rlimit, userns, io_uring, mqueue, remount. Link rules are understood as well. */
struct aa_other_rule {
    bool deny;
    bool audit;
    bool owner; /* of a link rule */
    bool included;
    int32_t priority;
    uint32_t line;
    char *kind;
    char *text; /* what follows the keyword, without the comma */
    char *comment;
    struct aa_link_pair *pair; /* of a link rule; NULL */
};

struct apparmor_policy {
    char *name;
    char *parent;     /* of a child or hat: the name of the profile it stands in, which its own begins with; NULL */
    bool hat;
    uint32_t line;    /* where its head stands; 0 */
    char *xattrs;     /* "user.tag=a security.x=b"; NULL */
    char *attachment; /* NULL when it is not attached by path */
    char *abi;        /* "abi/3.0"; NULL when none is named */
    char *flags;      /* "attach_disconnected,mediate_deleted"; NULL */
    char **header;    /* comment lines above the profile, without # */
    size_t header_count;
    struct aa_file_rule *files;
    size_t file_count;
    size_t file_capacity;
    struct aa_word_rule *capabilities;
    size_t capability_count;
    size_t capability_capacity;
    struct aa_word_rule *networks;
    size_t network_count;
    size_t network_capacity;
    struct aa_other_rule *others;
    size_t other_count;
    size_t other_capacity;
    size_t pair_count;    /* link rules among the others */
    bool has_priorities;  /* of file rules */
    struct apparmor_index *index; /* finds the file rules of a path; private */
};

struct apparmor_policy *apparmor_policy_new(const char *name);
void apparmor_policy_free(struct apparmor_policy *policy);
MEM_DEFINE_CLEANUP(struct apparmor_policy *, apparmor_policy_free)

/* Whether "complain" or another word is among the flags. */
bool apparmor_policy_has_flag(const struct apparmor_policy *policy, const char *flag);

/* Adds a rule; the texts are copied. -EINVAL when the pattern is not one AppArmor accepts. Link rules are added from text. */
int apparmor_policy_add_file(struct apparmor_policy *policy, bool deny, const char *pattern, aa_mask permissions,
                             const char *exec_mode, const char *comment, struct err *err);
void apparmor_policy_add_capability(struct apparmor_policy *policy, bool deny, const char *name,
                                    const char *comment);
void apparmor_policy_add_network(struct apparmor_policy *policy, bool deny, const char *words,
                                 const char *comment);
void apparmor_policy_add_other(struct apparmor_policy *policy, bool deny, const char *kind, const char *text,
                               const char *comment);

/* What the kernel would say of a path, which is absolute; a directory is asked for with a trailing slash. AA_LINK: whether
 * it may be the new name of something at all; apparmor_policy_allows_link says of what.
 * Returns the permissions in wanted that would be refused (0: all granted). is_owner: the file belongs to
 * the task's fsuid. ret_rule (may be NULL) is the deny rule that decided, NULL when no rule allowed. */
aa_mask apparmor_policy_evaluate(const struct apparmor_policy *policy, const char *path, size_t length,
                                 aa_mask wanted, bool is_owner, const struct aa_file_rule **ret_rule);
/* May link become a name of what target names? Both belong to the task's fsuid, or neither does. */
bool apparmor_policy_allows_link(const struct apparmor_policy *policy, const char *link, size_t link_length, const char *target,
                                 size_t target_length, bool is_owner);

enum aa_exec_kind {
    AA_EXEC_REFUSED,
    AA_EXEC_INHERIT,    /* under the same profile */
    AA_EXEC_PROFILE,    /* under another one */
    AA_EXEC_CHILD,      /* under a child of this one */
    AA_EXEC_UNCONFINED,
};
/* What an exec leads to. */
struct aa_exec {
    enum aa_exec_kind kind;
    enum aa_exec_kind fallback; /* where there is no such profile: AA_EXEC_INHERIT, AA_EXEC_UNCONFINED or AA_EXEC_REFUSED */
    bool clean; /* the environment is, as for set-user-id programs */
    const char *target; /* the profile's name as the rule has it, quoted or not, borrowed; NULL: the one attached to the path */
    const struct aa_file_rule *rule; /* which says so; NULL when refused */
};
/* As the parser has it, a rule without wildcards decides before one with them. */
void apparmor_policy_exec(const struct apparmor_policy *policy, const char *path, size_t length, bool is_owner,
                          struct aa_exec *ret);
bool apparmor_policy_allows_capability(const struct apparmor_policy *policy, const char *name);
/* family "inet", type "stream"; protocols are not mediated on their own. Of family "unix" what unix rules allow counts too,
 * as on kernels without unix rules of their own (before Linux 6.17). */
bool apparmor_policy_allows_network(const struct apparmor_policy *policy, const char *family, const char *type);
/* True when a rule of that kind allows something and none denies all of it: by kind only, so that a
 * policy that allows ptrace of some peers and denies it of others allows "ptrace". */
bool apparmor_policy_allows_other(const struct apparmor_policy *policy, const char *kind);

#define APPARMOR_POLICY_BYTES_MAX (64u << 20) /* an allow-list of some hundred thousand paths */
/* Reads the only profile of a text, of which an include is refused; apparmor_file.h reads more. Children and hats are
 * understood and left out. */
int apparmor_policy_parse(const char *name, const char *bytes, size_t length, struct apparmor_policy **ret,
                          struct err *err);
/* The same for a text that may hold several profiles: the one of that name ("PARENT//NAME" for a child), or the only one
 * when profile is NULL. -ENOENT when there is none of that name, -EINVAL when one has to be chosen; both sentences list them. */
int apparmor_policy_parse_one(const char *name, const char *bytes, size_t length, const char *profile,
                              struct apparmor_policy **ret, struct err *err);
/* The same from a file with its includes, which are looked for beside it and in /etc/apparmor.d. path may be "-". */
int apparmor_policy_read(const char *path, const char *profile, struct apparmor_policy **ret, struct err *err);
/* Appends AppArmor text that apparmor_policy_parse and apparmor_parser read back to the same policy. A child is written as
 * a profile of its own; what a parent has only for its children, apparmor_file_write keeps. */
void apparmor_policy_write(const struct apparmor_policy *policy, struct buf *out);
/* Its rules alone, one a line. */
void apparmor_policy_write_rules(const struct apparmor_policy *policy, struct buf *out);
/* "rw", "mrix": the letters as a rule has them; exec_mode may be NULL. */
void aa_mask_write(aa_mask permissions, const char *exec_mode, struct buf *out);

/* ---- patterns ----------------------------------------------------------------------------- */

/* Compiles an AppArmor glob (*, **, ?, [class], [^class], {a,b}, backslash escapes). -EINVAL with a
 * sentence on malformed patterns and on ones whose automaton exceeds its limits. */
int aa_glob_new(const char *pattern, struct aa_glob **ret, struct err *err);
void aa_glob_free(struct aa_glob *glob);
MEM_DEFINE_CLEANUP(struct aa_glob *, aa_glob_free)
bool aa_glob_match(const struct aa_glob *glob, const char *path, size_t length);
/* Appends literal bytes so that they match themselves and nothing else in a pattern. */
void aa_glob_quote(struct buf *out, const char *bytes, size_t length);
