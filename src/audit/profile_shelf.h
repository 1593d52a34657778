/*
 * The profiles of one file: those that containers of it named and that were opened, and those that it brings itself.
 *
 * Everything lies in the arena of the file. Limits: 200 opened ones, 1,000 brought ones, 64 MiB of text in all.
 */
#pragma once

#include "audit/collect.h"
#include "audit/profile_offer.h"
#include "audit/profile_source.h"

enum { SHELF_OPENED_MAX = 200, SHELF_OFFERS_MAX = 1000, SHELF_BYTES_MAX = 64 << 20 };

/* One that the file brings. */
struct shelf_offer {
    struct profile_offer offer;
    struct finding_subject names;   /* of the object, for those who judge it */
    const struct node *object, *metadata;
    const struct node *where;       /* the value or the spec */
    const struct node *root;        /* seccomp */
    const struct node *whole;       /* the same with its bases; NULL until it is asked for (profile_find.h) */
    const struct node *statements;  /* AppArmor */
    bool off;                       /* the operator does not install it */
    struct shelf_offer *next;
};

struct profile_shelf {
    struct node *numbers; /* key: its number */
    struct profile_source **items;
    size_t count, capacity;
    struct shelf_offer *offers, **offers_end;
    size_t offer_count;
    size_t spent; /* bytes read */
};

struct profile_shelf *profile_shelf_of(struct collector *collector);
/* A copy is kept, and one for other files (profile_pool.h). False when there are too many, which is missed once. */
bool profile_shelf_offer(struct collector *collector, const struct shelf_offer *offer);
/* The file's own profile for the name that a container says; NULL. */
const struct shelf_offer *profile_shelf_find(struct collector *collector, enum profile_kind kind, const char *wanted);
