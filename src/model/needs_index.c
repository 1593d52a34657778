#include "model/needs_index.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"

struct named_record {
    const char *text;
    const struct path_record *record;
};

static int compare_named(const void *left, const void *right)
{
    const struct named_record *a = left;
    const struct named_record *b = right;
    if (a->record->path != b->record->path)
        return strcmp(a->text, b->text);
    return a->record < b->record ? -1 : a->record > b->record;
}

static void take_record(struct need_path *path, const struct path_record *record)
{
    path->did |= need_record_did(record);
    if (path->type == FILE_UNKNOWN)
        path->type = record->type;
    path->record_count++;
}

struct needs_index *needs_index_new(const struct recording *recording)
{
    struct needs_index *index = mem_zero(1, sizeof(*index));
    const size_t count = recording->path_count;
    AUTO_FREE struct named_record *sorted = mem_zero(count, sizeof(*sorted));
    for (size_t i = 0; i < count; i++)
        sorted[i] = (struct named_record){.text = recording_text(recording, recording->paths[i].path),
                                          .record = &recording->paths[i]};
    qsort(sorted, count, sizeof(*sorted), compare_named);
    index->records = mem_zero(count, sizeof(const struct path_record *));
    index->paths = mem_zero(count, sizeof(*index->paths));
    for (size_t i = 0; i < count; i++) {
        index->records[i] = sorted[i].record;
        if (i == 0 || sorted[i].record->path != sorted[i - 1].record->path)
            index->paths[index->count++] = (struct need_path){
                .text = sorted[i].text, .length = strlen(sorted[i].text), .records = &index->records[i]};
        take_record(&index->paths[index->count - 1], sorted[i].record);
    }
    return index;
}

void needs_index_free(struct needs_index *index)
{
    if (!index)
        return;
    free(index->records);
    free(index->paths);
    free(index);
}

/* ---- finding ------------------------------------------------------------------------------------ */

/* As strcmp with the text of that length and one byte more behind it, when that is not NUL. */
static int compare_with(const char *path, const char *text, size_t length, char last)
{
    int order = strncmp(path, text, length);
    if (order != 0)
        return order;
    return (int)(unsigned char)path[length] - (int)(unsigned char)last;
}

/* The first path that is not before text and last. */
static size_t lower_bound(const struct needs_index *index, const char *text, size_t length, char last)
{
    size_t low = 0;
    for (size_t high = index->count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (compare_with(index->paths[middle].text, text, length, last) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct need_path *needs_index_find(const struct needs_index *index, const char *text, size_t length)
{
    size_t at = lower_bound(index, text, length, '\0');
    if (at == index->count || index->paths[at].length != length || memcmp(index->paths[at].text, text, length) != 0)
        return NULL;
    return &index->paths[at];
}

struct need_range needs_index_below(const struct needs_index *index, const char *directory, size_t length)
{
    if (length == 1 && directory[0] == '/')
        length = 0;
    struct need_range range = {.first = lower_bound(index, directory, length, '/'),
                               .end = lower_bound(index, directory, length, '/' + 1)};
    if (length == 0 && range.first < range.end && index->paths[range.first].length == 1)
        range.first++; /* "/" itself */
    return range;
}

/* ---- mounts ------------------------------------------------------------------------------------- */

bool need_path_within(const char *path, const char *directory)
{
    size_t length = strlen(directory);
    if (length == 1 && directory[0] == '/')
        return path[0] == '/';
    return strncmp(path, directory, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* Images have /var/run and /var/lock as links to /run and /run/lock: recorded paths are without them. NULL when it is below neither. */
static char *without_link(const char *target)
{
    const char *behind = target + strlen("/var");
    if (need_path_within(target, "/var/run"))
        return mem_strdup(behind);
    return need_path_within(target, "/var/lock") ? mem_printf("/run%s", behind) : NULL;
}

static bool covers(const char *target, const char *path, const char *inside)
{
    if (strcmp(target, "/") == 0 || !need_path_within(path, target))
        return false;
    return !inside || (need_path_within(target, inside) && strcmp(target, inside) != 0);
}

bool need_mounts_cover(const struct need_mounts *mounts, const char *path, const char *inside)
{
    for (size_t i = 0; mounts && i < mounts->count; i++) {
        AUTO_FREE char *other = without_link(mounts->targets[i]);
        if (covers(mounts->targets[i], path, inside) || (other && covers(other, path, inside)))
            return true;
    }
    return false;
}

/* ---- what was done ------------------------------------------------------------------------------- */

access_mask need_record_did(const struct path_record *record)
{
    const access_mask given = ACCESS_READ | ACCESS_WRITE | ACCESS_APPEND | ACCESS_INHERIT;
    access_mask did = record->did[PHASE_STARTUP] | record->did[PHASE_SERVING];
    return did & ACCESS_INHERIT ? did & ~given : did;
}

static access_mask changes_of(access_mask did, enum file_type type)
{
    switch (type) {
    case FILE_CHARACTER:
    case FILE_BLOCK:
    case FILE_FIFO:
    case FILE_SOCKET:
        return did & NEED_CHANGES & ~(access_mask)(ACCESS_WRITE | ACCESS_APPEND | ACCESS_TRUNCATE);
    case FILE_UNKNOWN:
    case FILE_REGULAR:
    case FILE_DIRECTORY:
    case FILE_SYMLINK:
    case FILE_TYPE_COUNT:
        return did & NEED_CHANGES;
    }
    return 0;
}

access_mask need_record_changes(const struct path_record *record)
{
    return changes_of(need_record_did(record), record->type);
}

access_mask need_path_changes(const struct need_path *path)
{
    return changes_of(path->did, path->type);
}

const char *need_image_name(const struct recording *recording, uint32_t image)
{
    if (image >= recording->image_count)
        return NULL;
    const struct image *program = &recording->images[image];
    return recording_text(recording, program->script != STRING_NONE ? program->script : program->path);
}

/* The access that says most comes first: a file that is made is also written. */
static const char *word_of(access_mask did, enum file_type type)
{
    static const struct {
        access_mask access;
        const char *word;
    } special[] = {
        {ACCESS_MKNOD, "mknod"}, {ACCESS_BIND, "bind"}, {ACCESS_LINK, "link"}, {ACCESS_CREATE, "create"},
        {ACCESS_WRITE, "write"}, {ACCESS_APPEND, "append"},
    };
    if ((did & ACCESS_CREATE) && type == FILE_DIRECTORY)
        return "mkdir";
    for (size_t i = 0; i < ARRAY_COUNT(special); i++)
        if (did & special[i].access)
            return special[i].word;
    for (unsigned bit = 0; bit < ACCESS_BITS; bit++)
        if (did >> bit & 1)
            return access_name(bit);
    return NULL;
}

struct need_evidence need_path_evidence(const struct recording *recording, const struct need_path *path, access_mask wanted)
{
    for (size_t i = 0; i < path->record_count; i++) {
        const struct path_record *record = path->records[i];
        access_mask did = need_record_did(record) & wanted;
        if (did == 0)
            continue;
        return (struct need_evidence){
            .what = word_of(did, path->type),
            .image = need_image_name(recording, record->image),
            .subject = path->text,
            .phase = record->did[PHASE_STARTUP] & did ? PHASE_STARTUP : PHASE_SERVING,
        };
    }
    return (struct need_evidence){0};
}

/* ---- below a path ----------------------------------------------------------------------------------- */

#define USES                                                                                                            \
    (NEED_CHANGES | ACCESS_READ | ACCESS_EXEC | ACCESS_MAP_EXEC | ACCESS_LOCK | ACCESS_LIST | ACCESS_CHDIR | ACCESS_CONNECT)

static void use_path(const struct recording *recording, const struct need_path *path, struct path_use *use)
{
    const access_mask executes = ACCESS_EXEC | ACCESS_MAP_EXEC;
    use->did |= path->did;
    use->paths += (path->did & ~(access_mask)ACCESS_PROBE) != 0;
    if (!use->opened && (path->did & USES)) {
        use->opened = true;
        use->opened_by = need_path_evidence(recording, path, USES);
    }
    if (!use->written && need_path_changes(path)) {
        use->written = true;
        use->written_by = need_path_evidence(recording, path, need_path_changes(path));
    }
    if (!use->executed && (path->did & executes)) {
        use->executed = true;
        use->executed_by = need_path_evidence(recording, path, executes);
    }
    if ((path->type == FILE_CHARACTER || path->type == FILE_BLOCK) && (path->did & (ACCESS_READ | ACCESS_WRITE)))
        use->device = true;
}

static void use_below(const struct workload_needs *needs, const char *path, const struct need_mounts *mounts,
                      struct path_use *use)
{
    const struct needs_index *index = needs->index;
    const struct need_path *itself = needs_index_find(index, path, strlen(path));
    if (itself)
        use_path(needs->recording, itself, use);
    struct need_range range = needs_index_below(index, path, strlen(path));
    for (size_t i = range.first; i < range.end; i++)
        if (!need_mounts_cover(mounts, index->paths[i].text, path))
            use_path(needs->recording, &index->paths[i], use);
}

void workload_needs_path(const struct workload_needs *needs, const char *path, const struct need_mounts *mounts,
                         struct path_use *ret)
{
    struct path_use use = {0};
    AUTO_FREE char *other = without_link(path);
    use_below(needs, path, mounts, &use);
    if (other)
        use_below(needs, other, mounts, &use);
    *ret = use;
}
