/*
 * What one file must know of the others: RuntimeClasses, handlers, namespaces, limit ranges, profiles.
 *
 * Files are judged one by one, on several threads, and forgotten, so a question about another file ("is there a RuntimeClass
 * of this name?") can be answered only when all have been read. A rule asks it by a *proviso*: a finding that
 * stands unless the context answers (finding_list.h resolves them at the end). Every function locks; strings are copied.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

struct context;
struct profile_pool;

struct context *context_new(void);
void context_free(struct context *context);
MEM_DEFINE_CLEANUP(struct context *, context_free)

enum context_fact {
    CONTEXT_RUNTIME_CLASS,     /* name; value: its handler */
    CONTEXT_HANDLER,           /* name: a handler in a containerd or CRI-O table, a runtime in daemon.json; value: its binary or type */
    CONTEXT_LIMIT_RANGE,       /* namespace; name: "memory.limit" "cpu.request" …: a default for containers */
    CONTEXT_RESOURCE_QUOTA,    /* namespace; name: the resource that is bounded */
    CONTEXT_NAMESPACE,         /* name; value: its enforced Pod Security level or "" */
    CONTEXT_SECCOMP_PROFILE,   /* name: a localhost profile's path or name; from ConfigMaps, SeccompProfile objects, files in the input */
    CONTEXT_APPARMOR_PROFILE,  /* name: a profile's name */
    CONTEXT_NETWORK_POLICY,    /* namespace; name: of a default-deny policy */
    CONTEXT_SERVICE_ACCOUNT,   /* namespace, name; value: "false" when it mounts no token */
    CONTEXT_RECORDING,         /* name: as usage_match.h makes it, of a recording that is of that container; no rule asks for it */
    CONTEXT_FACT_COUNT
};

/* Stands for any object of the kind in a namespace: there is a quota, a limit range, a network policy. */
#define CONTEXT_ANY "any"

/* Nothing happens when the same is there. namespace_ "" where it does not apply. */
void context_add(struct context *context, enum context_fact fact, const char *namespace_, const char *name, const char *value);
/* True when it is there; ret_value (may be NULL) gets the value, borrowed, good until context_free. Only after all files were read. */
bool context_find(const struct context *context, enum context_fact fact, const char *namespace_, const char *name,
                  const char **ret_value);
/* True when any fact of this kind is there at all: a missing RuntimeClass means something only where some are in the input. */
bool context_has_any(const struct context *context, enum context_fact fact);
/* The profiles that files bring, and who wants them. */
struct profile_pool *context_profiles(const struct context *context);
