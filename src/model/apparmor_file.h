/*
 * A whole AppArmor file: all the profiles in it, with what it includes.
 *
 * Everything that only shapes the text is gone once a file is read: includes are followed, variables and aliases put in,
 * conditions decided, blocks of rules taken apart. What is left is profiles, each an apparmor_policy that can be asked;
 * children and hats are profiles of their own, named "PARENT//NAME".
 *
 * The grammar is that of apparmor.d(5); where the manual is vague, apparmor_parser 3.0.8 was asked, and for rules of
 * AppArmor 4 (priority=, all, userns, mqueue, io_uring) its manual. In one thing the manual is followed and the parser is
 * not: of a block of rules with qualifiers it keeps file and link rules and drops the others without a word, of one with
 * a condition it drops network rules and those of other kinds; here they count. Limits: APPARMOR_POLICY_BYTES_MAX for a file with
 * everything it includes, and those below; patterns and variables have their own (apparmor_policy.h).
 */
#pragma once

#include <stdint.h>

#include "model/apparmor_policy.h"

enum {
    APPARMOR_FILE_PROFILES_MAX = 4096,
    APPARMOR_FILE_INCLUDES_MAX = 4096, /* files read for include, each as often as it is */
    APPARMOR_FILE_INCLUDE_DEPTH_MAX = 24,
    APPARMOR_FILE_NESTING_MAX = 16, /* blocks, conditions and profiles in one another */
    APPARMOR_FILE_NOTES_MAX = 10000,
    APPARMOR_FILE_INCLUDE_BYTES_MAX = 1 << 20,
};

/* Called for each file that an include brings, in the order of their names; path says where it was found. Gives what the
 * loader is then to return: 0, or a negative errno to stop. */
typedef int apparmor_include_take(void *taker, const char *path, const char *bytes, size_t length);
/* Finds what an include names. angled: it stood in <>, else in quotes; from is the path of the file it stands in. 0 when
 * all was given to take, -ENOENT when there is none, another errno with its sentence when it cannot be read. */
typedef int apparmor_include_load(void *context, const char *name, bool angled, const char *from,
                                  apparmor_include_take *take, void *taker, struct err *err);

/* Below the roots of struct apparmor_file_options, which context is: what is done without a loader. */
int apparmor_include_find(void *context, const char *name, bool angled, const char *from, apparmor_include_take *take,
                          void *taker, struct err *err);

struct apparmor_file_options {
    const char *const *roots; /* directories in which <NAME> is looked for, in this order */
    size_t root_count;
    /* "NAME" in quotes is opened as open(2) would. Otherwise it is looked for below the roots too, and neither an absolute
     * path nor a way up is followed: for files that somebody else wrote. */
    bool open_paths;
    /* A missing include, a rule or a condition that is not understood becomes a note, and reading goes on behind it. */
    bool partial;
    /* @{PROC}, @{HOME} and the like are what tunables/global of AppArmor 3.0 makes them where nothing else defines them. */
    bool standard_tunables;
    apparmor_include_load *load; /* instead of the roots; NULL */
    void *load_context;
};

enum apparmor_note_kind {
    APPARMOR_NOTE_MISSING_INCLUDE, /* text: what it names */
    APPARMOR_NOTE_RULE,            /* text: a sentence without the place in front */
};

/* What was not read, and is therefore not in the profile. */
struct apparmor_note {
    enum apparmor_note_kind kind;
    uint32_t line;  /* of the file itself: of the include that brought it where it stands in another */
    bool included;  /* it stands in another file */
    char *profile;  /* whose rules it stands among; NULL: none's */
    char *text;
};

/* An include of the file itself or of what it includes, once for each place. */
struct apparmor_file_include {
    char *name;
    char *profile; /* whose rules it stands among; NULL: none's */
    uint32_t line; /* of the file itself, as in a note */
    bool optional; /* if exists */
    bool found;
    bool nested; /* it stands in another file */
};

struct apparmor_file {
    char *name;
    struct apparmor_policy **profiles; /* a parent before its children */
    size_t profile_count;
    size_t profile_capacity;
    struct apparmor_file_include *includes;
    size_t include_count;
    size_t include_capacity;
    struct apparmor_note *notes;
    size_t note_count;
    size_t note_capacity;
};

void apparmor_file_free(struct apparmor_file *file);
MEM_DEFINE_CLEANUP(struct apparmor_file *, apparmor_file_free)

/* name is for sentences, and where includes are looked for beside it the path. options may be NULL: no include is found.
 * One sentence with the file and line for what is not read. A file without a profile (an abstraction, a tunable) is one
 * with zero profiles when its text reads as a preamble, and -EINVAL otherwise. */
int apparmor_file_parse(const char *name, const char *bytes, size_t length, const struct apparmor_file_options *options,
                        struct apparmor_file **ret, struct err *err);
/* path may be "-". */
int apparmor_file_read(const char *path, const struct apparmor_file_options *options, struct apparmor_file **ret,
                       struct err *err);
/* By its whole name, "PARENT//NAME" for a child; NULL when there is none. */
struct apparmor_policy *apparmor_file_find(const struct apparmor_file *file, const char *name);
/* The profile of that name, or the only one (with its children not counted) when name is NULL. -ENOENT when there is none
 * of that name, -EINVAL when one has to be chosen; both sentences list them. */
int apparmor_file_choose(const struct apparmor_file *file, const char *name, struct apparmor_policy **ret, struct err *err);
/* The same, and it becomes the caller's: the file is left without it. */
int apparmor_file_take(struct apparmor_file *file, const char *name, struct apparmor_policy **ret, struct err *err);
/* Appends the profiles with everything put in: text without an include, a variable or a condition, which apparmor_file_parse
 * and apparmor_parser read to the same verdicts. Children and hats stand in their parents. */
void apparmor_file_write(const struct apparmor_file *file, struct buf *out);

/* The roots an installed profile is read with: the directory of path, the two above it, and /etc/apparmor.d; for the
 * caller to pass on. */
struct apparmor_roots {
    char *items[4];
    size_t count;
};
void apparmor_roots_init(struct apparmor_roots *roots, const char *path);
void apparmor_roots_done(struct apparmor_roots *roots);
