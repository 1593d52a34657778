/*
 * What the parts of `used` share. Private to usage*.c.
 */
#pragma once

#include "audit/usage.h"
#include "audit/used_recording.h"

struct usage_maker {
    struct collector *collector;
    struct arena *arena;
    const struct subject *container;
    const struct node *facts; /* the container's */
    const struct used_recording *recording;
    const struct workload_needs *needs;
    struct need_mounts mounts; /* all that the container declares */
    struct node *used;         /* what is made */
    bool privileged;
    bool not_root;             /* it is declared to run as another user than root */
    uint64_t capabilities;     /* of its bounding set; a user that is not root has none of them in effect */
};

/* Lists hold at most so many items; who needs more corrections than that needs another manifest. */
enum { USAGE_ITEMS_MAX = 64 };

/* "chown by /usr/sbin/nginx during start-up" */
const char *usage_evidence(const struct usage_maker *maker, const struct need_evidence *evidence);
void usage_put_text(const struct usage_maker *maker, struct node *map, const char *key, const char *text);
void usage_put_int(const struct usage_maker *maker, struct node *map, const char *key, uint64_t number);
void usage_put_bool(const struct usage_maker *maker, struct node *map, const char *key, bool value);
/* A list among `used`, which points at where. */
struct node *usage_list(const struct usage_maker *maker, const char *key, const struct node *where);
/* A fresh map at the end of a list; NULL when there are USAGE_ITEMS_MAX. */
struct node *usage_item(const struct usage_maker *maker, struct node *list, const struct node *where);
bool usage_fact_is(const struct usage_maker *maker, const char *path, const char *text);

struct denial;
struct seccomp_policy;
/* The engine whose defaults hold where nobody names a profile; NULL where it is not known. */
const char *usage_engine(const struct usage_maker *maker);
struct need_evidence usage_denial_evidence(const struct usage_maker *maker, const struct denial *denial, const char *what);
/* Among the items of a list one has this text: the same by another program, or with other arguments, is told once. */
bool usage_is_listed(const struct node *list, const char *key, const char *text);
/* usage_spare.c: of a policy; NULL lets everything pass. */
void usage_put_spare_calls(const struct usage_maker *maker, const struct seccomp_policy *policy);

/* usage_remedies.c: an empty volume for a directory; NULL where the format is another. */
const char *usage_mount_remedy(const struct usage_maker *maker, const struct need_place *places, size_t count, bool read_only);

void usage_put_calls(const struct usage_maker *maker);      /* usage_calls.c: calls, sandbox */
void usage_put_accesses(const struct usage_maker *maker);   /* usage_apparmor.c */
void usage_put_files(const struct usage_maker *maker);      /* usage_files.c: places, mounts, devices, token */
void usage_put_privileges(const struct usage_maker *maker); /* usage_privileges.c: capabilities, user, no_new_privileges */
void usage_put_network(const struct usage_maker *maker);    /* usage_network.c: ports, host namespaces */
void usage_put_limits(const struct usage_maker *maker);     /* usage_limits.c: memory, cpu, pids */
void usage_put_remedies(const struct usage_maker *maker);   /* usage_remedies.c */
