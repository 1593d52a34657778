/* A hash from literal prefix to the rules that begin with it; a path looks up each of its prefixes,
 * hashed as it goes. A policy of a hundred thousand literal rules answers as fast as one of ten, and one with
 * ten thousand patterns below /proc compares ten thousand words. */
#include <string.h>

#include "base/intern.h"
#include "model/aa_glob_impl.h"
#include "model/apparmor_rule.h"

#define NONE UINT32_MAX

struct link {
    const struct aa_glob *glob; /* borrowed */
    uint32_t rule;
    uint32_t next;
    uint64_t tail; /* the last bytes of every match, */
    uint64_t mask; /* as far as they are known */
};

/* The last eight bytes, the very last one lowest; shorter ones are filled up with zero. */
static uint64_t tail_of(const char *bytes, size_t length)
{
    uint64_t tail = 0;
    for (size_t i = length > 8 ? length - 8 : 0; i < length; i++)
        tail = tail << 8 | (unsigned char)bytes[i];
    return tail;
}

struct slot {
    uint64_t hash;
    uint32_t prefix; /* number in prefixes; NONE when free */
    uint32_t first;
    uint32_t last;
};

struct apparmor_index {
    struct intern *prefixes;
    struct slot *slots;
    size_t slot_count; /* a power of two */
    size_t used;
    struct link *links;
    size_t link_count;
    size_t link_capacity;
    size_t longest;
};

/* FNV-1a, which can be continued byte by byte. The keys come from one profile, which pays for itself. */
#define HASH_START UINT64_C(14695981039346656037)
static uint64_t hash_byte(uint64_t hash, char byte)
{
    return (hash ^ (unsigned char)byte) * UINT64_C(1099511628211);
}

static void clear_slots(struct apparmor_index *index, size_t count)
{
    index->slots = mem_zero(count, sizeof(*index->slots));
    index->slot_count = count;
    for (size_t i = 0; i < count; i++)
        index->slots[i].prefix = NONE;
}

struct apparmor_index *apparmor_index_new(void)
{
    struct apparmor_index *index = mem_zero(1, sizeof(*index));
    index->prefixes = intern_new();
    clear_slots(index, 64);
    return index;
}

void apparmor_index_free(struct apparmor_index *index)
{
    if (!index)
        return;
    intern_free(index->prefixes);
    free(index->slots);
    free(index->links);
    free(index);
}

/* The slot of these bytes, or the free one where they belong. */
static struct slot *find_slot(const struct apparmor_index *index, uint64_t hash, const char *bytes, size_t length)
{
    for (size_t at = hash ^ hash >> 32;; at++) {
        struct slot *slot = &index->slots[at & (index->slot_count - 1)];
        if (slot->prefix == NONE)
            return slot;
        size_t have;
        const char *prefix = slot->hash == hash ? intern_get(index->prefixes, slot->prefix, &have) : NULL;
        if (prefix && have == length && memcmp(prefix, bytes, length) == 0)
            return slot;
    }
}

static void grow(struct apparmor_index *index)
{
    AUTO_FREE struct slot *old = index->slots;
    size_t count = index->slot_count;
    clear_slots(index, count * 2);
    for (size_t i = 0; i < count; i++) {
        if (old[i].prefix == NONE)
            continue;
        size_t length;
        const char *prefix = intern_get(index->prefixes, old[i].prefix, &length);
        *find_slot(index, old[i].hash, prefix, length) = old[i];
    }
}

static uint32_t add_link(struct apparmor_index *index, const struct aa_glob *glob, uint32_t rule)
{
    const char *end = glob->literal ? glob->prefix : glob->suffix;
    size_t known = glob->literal ? glob->prefix_length : glob->suffix_length;
    MEM_GROW(index->links, index->link_count, index->link_capacity);
    index->links[index->link_count] = (struct link){.glob = glob,
                                                    .rule = rule,
                                                    .next = NONE,
                                                    .tail = tail_of(end, known),
                                                    .mask = known >= 8 ? UINT64_MAX
                                                                       : (UINT64_C(1) << (8 * known)) - 1};
    return (uint32_t)index->link_count++;
}

void apparmor_index_add(struct apparmor_index *index, const struct aa_glob *glob, uint32_t rule)
{
    const char *prefix = glob->prefix;
    size_t length = glob->prefix_length;
    if (index->used * 2 >= index->slot_count)
        grow(index);
    uint64_t hash = HASH_START;
    for (size_t i = 0; i < length; i++)
        hash = hash_byte(hash, prefix[i]);
    struct slot *slot = find_slot(index, hash, prefix, length);
    uint32_t number = add_link(index, glob, rule);
    if (slot->prefix == NONE) {
        *slot = (struct slot){.hash = hash, .prefix = intern_add(index->prefixes, prefix, length), .first = number};
        index->used++;
    } else {
        index->links[slot->last].next = number;
    }
    slot->last = number;
    if (length > index->longest)
        index->longest = length;
}

void apparmor_index_visit(const struct apparmor_index *index, const char *path, size_t length,
                          apparmor_index_visitor *visit, void *context)
{
    uint64_t hash = HASH_START;
    uint64_t tail = tail_of(path, length);
    for (size_t i = 0; i <= length && i <= index->longest; i++) {
        const struct slot *slot = find_slot(index, hash, path, i);
        for (uint32_t at = slot->prefix == NONE ? NONE : slot->first; at != NONE; at = index->links[at].next) {
            const struct link *link = &index->links[at];
            if ((tail & link->mask) == link->tail && aa_glob_may_match(link->glob, path, length) &&
                !visit(context, link->rule))
                return;
        }
        if (i < length)
            hash = hash_byte(hash, path[i]);
    }
}
