#include "model/recording_index.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"

struct recording_index *recording_index_new(void)
{
    return mem_zero(1, sizeof(struct recording_index));
}

void recording_index_free(struct recording_index *index)
{
    if (!index)
        return;
    free(index->images.numbers);
    free(index->paths.numbers);
    free(index->facts.numbers);
    free(index);
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ (hash >> 29);
}

static uint32_t finish(uint64_t hash)
{
    hash *= 0xd6e8feb86659fd93u;
    return (uint32_t)(hash >> 32);
}

static uint32_t image_hash(uint32_t path, uint32_t interpreter, uint32_t script)
{
    return finish(mix(mix(1, (uint64_t)path << 32 | interpreter), script));
}

static uint32_t path_hash(uint32_t path, uint32_t image)
{
    return finish(mix(2, (uint64_t)path << 32 | image));
}

static uint32_t fact_hash(const struct fact *fact)
{
    uint64_t hash = mix(3, (uint64_t)fact->kind << 32 | fact->image);
    hash = mix(hash, (uint64_t)fact->subject << 32 | fact->object);
    return finish(mix(mix(hash, fact->note), fact->value));
}

/* The hash of an element that is there already. */
typedef uint32_t hash_of(const struct recording *recording, uint32_t number);

static uint32_t hash_of_image(const struct recording *recording, uint32_t number)
{
    const struct image *image = &recording->images[number];
    return image_hash(image->path, image->interpreter, image->script);
}

static uint32_t hash_of_path(const struct recording *recording, uint32_t number)
{
    const struct path_record *path = &recording->paths[number];
    return path_hash(path->path, path->image);
}

static uint32_t hash_of_fact(const struct recording *recording, uint32_t number)
{
    return fact_hash(&recording->facts[number]);
}

/* Enters element number, which is the last one. */
static void slots_enter(struct slots *slots, const struct recording *recording, hash_of *hash, uint32_t number)
{
    uint32_t first = number;
    if (number >= slots->count / 4 * 3) {
        free(slots->numbers);
        slots->count = slots->count ? slots->count * 2 : 64;
        slots->numbers = mem_zero(slots->count, sizeof(*slots->numbers));
        first = 0;
    }
    uint32_t mask = slots->count - 1;
    for (uint32_t i = first; i <= number; i++) {
        uint32_t slot = hash(recording, i) & mask;
        while (slots->numbers[slot] != 0)
            slot = (slot + 1) & mask;
        slots->numbers[slot] = i + 1;
    }
}

/* Walks the elements that may have this hash: number is the element, and the loop ends at a free slot. */
#define SLOTS_EACH(slots, hash, number)                                                                     \
    for (uint32_t slot_ = (hash), number; (slots)->count > 0 &&                                             \
         (slot_ &= (slots)->count - 1, number = (slots)->numbers[slot_] - 1, number != UINT32_MAX); slot_++)

uint32_t recording_image(struct recording *recording, uint32_t path, uint32_t interpreter, uint32_t script)
{
    struct slots *slots = &recording->index->images;
    SLOTS_EACH(slots, image_hash(path, interpreter, script), known) {
        const struct image *image = &recording->images[known];
        if (image->path == path && image->interpreter == interpreter && image->script == script)
            return known;
    }
    if (recording->image_count == RECORDING_IMAGES_MAX)
        return IMAGE_NONE;
    MEM_GROW(recording->images, recording->image_count, recording->image_capacity);
    uint32_t number = (uint32_t)recording->image_count++;
    recording->images[number] = (struct image){.path = path, .interpreter = interpreter, .script = script};
    slots_enter(slots, recording, hash_of_image, number);
    return number;
}

static struct path_record *find_path(const struct recording *recording, uint32_t path, uint32_t image)
{
    const struct slots *slots = &recording->index->paths;
    SLOTS_EACH(slots, path_hash(path, image), known) {
        struct path_record *record = &recording->paths[known];
        if (record->path == path && record->image == image)
            return record;
    }
    return NULL;
}

const struct path_record *recording_find_path(const struct recording *recording, uint32_t path, uint32_t image)
{
    return find_path(recording, path, image);
}

struct path_record *recording_path(struct recording *recording, uint32_t path, uint32_t image, enum phase phase,
                                   access_mask did, enum file_type type)
{
    assert(phase < PHASE_COUNT && type < FILE_TYPE_COUNT);
    struct path_record *record = find_path(recording, path, image);
    if (!record) {
        if (recording->path_count == RECORDING_PATHS_MAX || image >= recording->image_count)
            return NULL;
        MEM_GROW(recording->paths, recording->path_count, recording->path_capacity);
        uint32_t number = (uint32_t)recording->path_count++;
        record = &recording->paths[number];
        *record = (struct path_record){.path = path, .image = image};
        slots_enter(&recording->index->paths, recording, hash_of_path, number);
    }
    record->did[phase] |= did;
    /* A name can be one thing now and another later; the same answer must come out in any order. */
    if (type > record->type)
        record->type = type;
    return record;
}

static struct fact *find_fact(const struct recording *recording, const struct fact *like)
{
    const struct slots *slots = &recording->index->facts;
    SLOTS_EACH(slots, fact_hash(like), known) {
        struct fact *fact = &recording->facts[known];
        if (fact->kind == like->kind && fact->image == like->image && fact->subject == like->subject &&
            fact->object == like->object && fact->note == like->note && fact->value == like->value)
            return fact;
    }
    return NULL;
}

bool fact_is_pair(const struct recording *recording, const struct fact *fact)
{
    const char *note = recording_text(recording, fact->note);
    return fact->kind == FACT_SOCKET && note && strcmp(note, "pair") == 0;
}

bool recording_fact(struct recording *recording, const struct fact *fact, enum phase phase, uint64_t count)
{
    assert(fact->kind < FACT_KIND_COUNT && phase < PHASE_COUNT);
    struct fact *kept = find_fact(recording, fact);
    if (!kept) {
        uint32_t *of_kind = &recording->index->facts_of_kind[fact->kind];
        if (*of_kind == FACTS_PER_KIND_MAX || fact->image >= recording->image_count)
            return false;
        ++*of_kind;
        MEM_GROW(recording->facts, recording->fact_count, recording->fact_capacity);
        uint32_t number = (uint32_t)recording->fact_count++;
        kept = &recording->facts[number];
        *kept = *fact;
        for (unsigned i = 0; i < PHASE_COUNT; i++)
            kept->count[i] = 0;
        slots_enter(&recording->index->facts, recording, hash_of_fact, number);
    }
    kept->count[phase] = count_sum(kept->count[phase], count);
    return true;
}
