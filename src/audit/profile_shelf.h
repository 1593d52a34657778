/*
 * The profiles of one file: those that containers of it named and that were opened, and those that it brings itself.
 *
 * Everything lies in the arena of the file. Limits: 200 opened ones, 1,000 brought ones of 1 MiB each (what a ConfigMap can hold), 16 MiB of
 * text brought and 64 MiB opened in all, a million nodes and as many rules judged.
 */
#pragma once

#include "audit/collect.h"
#include "audit/profile_offer.h"
#include "audit/profile_source.h"

enum { SHELF_OPENED_MAX = 200, SHELF_OFFERS_MAX = 1000, SHELF_BYTES_MAX = 64 << 20, SHELF_ONE_MAX = 1 << 20, SHELF_BROUGHT_MAX = 16 << 20, SHELF_NODES_MAX = 1000000,
       SHELF_RULES_MAX = 200000 };

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
    bool full; /* and said so */
    size_t spent;   /* bytes read */
    size_t brought; /* bytes of offers */
    size_t nodes;   /* of their trees */
    size_t rules;   /* of AppArmor profiles, each as often as it was judged with a container */
};

struct profile_shelf *profile_shelf_of(struct collector *collector);
/* Is there room for another of that length? Misses once that there is none. To be asked before it is read. */
bool profile_shelf_has_room(struct collector *collector, size_t length, const struct node *where);
/* A copy is kept, and one for other files (profile_pool.h). */
void profile_shelf_offer(struct collector *collector, const struct shelf_offer *offer);
/* The file's own profile for the name that a container says; NULL. */
const struct shelf_offer *profile_shelf_find(struct collector *collector, enum profile_kind kind, const char *wanted);
