/*
 * A profile that the input brings itself, and by what names containers may call it: a file, an operator's object, a value of a ConfigMap.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum profile_kind { PROFILE_SECCOMP, PROFILE_APPARMOR, PROFILE_KIND_COUNT };

/* Of several, the one that stands first here is meant. */
enum profile_offer_by {
    OFFER_BY_OBJECT, /* SeccompProfile: operator/NAMESPACE/NAME.json, operator/NAME.json, NAME.json below the kubelet's directory */
    OFFER_BY_FILE,   /* a seccomp profile's file: its path, or any end of it from a slash on */
    OFFER_BY_KEY,    /* of a ConfigMap, which something installs on the nodes: any path that ends in it */
    OFFER_BY_NAME    /* AppArmor: its own name, wherever it stands */
};

struct profile_offer {
    enum profile_kind kind;
    enum profile_offer_by by;
    const char *namespace_; /* OFFER_BY_OBJECT; NULL: the object does not say it, and may come to any */
    const char *const *names; /* the object's, the file's path, the key; of AppArmor text the profiles in it */
    size_t name_count;
    const char *path; /* of the file it stands in */
    uint32_t line;
    const char *text; /* NULL: the file is the profile */
    size_t length;
};

/* May a container that says `wanted` mean it? */
bool profile_offer_serves(const struct profile_offer *offer, const char *wanted);
/* Behind the last slash. */
const char *profile_offer_base(const char *name);
/* The more directories a path has in common with the other before they part the higher, and of those that have as many the higher the fewer it then
 * goes down. */
size_t profile_offer_nearness(const char *one, const char *other);
