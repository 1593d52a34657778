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

bool profile_shelf_has_room(struct collector *collector, size_t length, const struct node *where)
{
    struct profile_shelf *shelf = profile_shelf_of(collector);
    if (shelf->offer_count < SHELF_OFFERS_MAX && length <= SHELF_ONE_MAX && shelf->brought + length <= SHELF_BROUGHT_MAX &&
        shelf->nodes < SHELF_NODES_MAX)
        return true;
    if (!shelf->full)
        collector->miss(collector, where, "more profiles, or larger ones, than are judged in one file; the rest was left out");
    shelf->full = true;
    return false;
}

static size_t count_nodes(const struct node *node)
{
    size_t count = 1;
    for (const struct node *entry = node_first(node); entry; entry = entry->next)
        count += count_nodes(entry);
    return count;
}

void profile_shelf_offer(struct collector *collector, const struct shelf_offer *offer)
{
    struct profile_shelf *shelf = profile_shelf_of(collector);
    const struct node *tree = offer->root ? offer->root : offer->statements;
    struct shelf_offer *kept = arena_alloc(collector->arena, sizeof(*kept));
    *kept = *offer;
    kept->next = NULL;
    *shelf->offers_end = kept;
    shelf->offers_end = &kept->next;
    shelf->offer_count++;
    shelf->brought += offer->offer.length;
    shelf->nodes += tree ? count_nodes(tree) : 0;
    if (!offer->off && collector->context)
        profile_pool_add(context_profiles(collector->context), &offer->offer);
}

const struct shelf_offer *profile_shelf_find(struct collector *collector, enum profile_kind kind, const char *wanted)
{
    const struct shelf_offer *best = NULL;
    for (const struct shelf_offer *one = profile_shelf_of(collector)->offers; one; one = one->next)
        if (!one->off && one->offer.kind == kind && (!best || one->offer.by < best->offer.by) && profile_offer_serves(&one->offer, wanted))
            best = one;
    return best;
}
