#include "audit/profile_shelf.h"

#include "audit/profile_pool.h"

struct profile_shelf *profile_shelf_of(struct collector *collector)
{
    if (!collector->shelf) {
        collector->shelf = arena_alloc(collector->arena, sizeof(*collector->shelf));
        collector->shelf->numbers = node_new_map(collector->arena, NULL);
        collector->shelf->offers_end = &collector->shelf->offers;
    }
    return collector->shelf;
}

bool profile_shelf_offer(struct collector *collector, const struct shelf_offer *offer)
{
    struct profile_shelf *shelf = profile_shelf_of(collector);
    bool room = shelf->offer_count < SHELF_OFFERS_MAX && shelf->spent <= SHELF_BYTES_MAX && offer->offer.length <= SHELF_BYTES_MAX - shelf->spent;
    if (!room) {
        if (shelf->offer_count <= SHELF_OFFERS_MAX)
            collector->miss(collector, offer->where, "more profiles than are judged in one file; the rest was left out");
        shelf->offer_count = SHELF_OFFERS_MAX + 1;
        return false;
    }
    struct shelf_offer *kept = arena_alloc(collector->arena, sizeof(*kept));
    *kept = *offer;
    kept->next = NULL;
    *shelf->offers_end = kept;
    shelf->offers_end = &kept->next;
    shelf->offer_count++;
    shelf->spent += offer->offer.length;
    if (!offer->off && collector->context)
        profile_pool_add(context_profiles(collector->context), &offer->offer);
    return true;
}

const struct shelf_offer *profile_shelf_find(struct collector *collector, enum profile_kind kind, const char *wanted)
{
    const struct shelf_offer *best = NULL;
    for (const struct shelf_offer *one = profile_shelf_of(collector)->offers; one; one = one->next)
        if (!one->off && one->offer.kind == kind && (!best || one->offer.by < best->offer.by) && profile_offer_serves(&one->offer, wanted))
            best = one;
    return best;
}
