#include "base/spool.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

/* Once there is a file, so much is gathered before it is written, and read at once. */
enum { CHUNK_SIZE = 128 << 10 };

struct replacement {
    uint64_t number, place;
};

struct spool {
    const char *directory;
    size_t memory_max;
    struct buf tail;     /* what is not in the file yet */
    uint64_t tail_place; /* so many bytes are in the file */
    int fd;              /* -1 */
    uint64_t count;
    struct replacement *replacements; /* sorted by number */
    size_t replacement_count, replacement_capacity;
};

/* In front of every record. */
struct head {
    uint64_t length;
    bool replaces; /* it has no number of its own */
};

struct spool *spool_new(const char *directory, size_t memory_max)
{
    struct spool *spool = mem_zero(1, sizeof(*spool));
    spool->directory = directory;
    spool->memory_max = memory_max;
    spool->fd = -1;
    return spool;
}

void spool_free(struct spool *spool)
{
    if (!spool)
        return;
    buf_done(&spool->tail);
    mem_close_cleanup(&spool->fd);
    free(spool->replacements);
    free(spool);
}

uint64_t spool_count(const struct spool *spool)
{
    return spool->count;
}

bool spool_has_file(const struct spool *spool)
{
    return spool->fd >= 0;
}

/* ---- writing ------------------------------------------------------------------------------------- */

/* A file without a name; where the file system knows no such thing (open(2): O_TMPFILE), one whose name is taken away. */
static int open_unnamed(const char *directory)
{
    int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return fd < 0 ? -errno : fd;
    AUTO_FREE char *path = mem_printf("%s/profgen.XXXXXX", directory);
    fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0)
        return -errno;
    (void)unlink(path);
    return fd;
}

static int refuse(const struct spool *spool, int code, struct err *err)
{
    return err_set(err, code, "cannot set results aside in a file in %s: %s; TMPDIR names another directory",
                   spool->directory, strerror(-code));
}

static int write_out(struct spool *spool, const void *bytes, size_t length, struct err *err)
{
    int failed = file_write_fd(spool->fd, bytes, length);
    if (failed < 0)
        return refuse(spool, failed, err);
    spool->tail_place += length;
    return 0;
}

static int flush_tail(struct spool *spool, struct err *err)
{
    if (spool->fd < 0) {
        int fd = open_unnamed(spool->directory);
        if (fd < 0)
            return refuse(spool, fd, err);
        spool->fd = fd;
    }
    int failed = write_out(spool, spool->tail.data, spool->tail.length, err);
    if (failed < 0)
        return failed;
    /* What was the whole memory is not needed any more. */
    if (spool->tail.capacity > (size_t)2 * CHUNK_SIZE)
        buf_done(&spool->tail);
    buf_clear(&spool->tail);
    return 0;
}

/* What is large by itself is not copied first. The tail is in the file already. */
static int append_large(struct spool *spool, const struct head *head, const void *bytes, struct err *err)
{
    int failed = write_out(spool, head, sizeof(*head), err);
    return failed < 0 ? failed : write_out(spool, bytes, head->length, err);
}

static int append(struct spool *spool, const struct head *head, const void *bytes, struct err *err)
{
    size_t most = spool->fd < 0 ? spool->memory_max : CHUNK_SIZE;
    if (spool->tail.length + sizeof(*head) + head->length > most) {
        int failed = flush_tail(spool, err);
        if (failed < 0)
            return failed;
        if (sizeof(*head) + head->length > CHUNK_SIZE)
            return append_large(spool, head, bytes, err);
    }
    buf_add(&spool->tail, head, sizeof(*head));
    buf_add(&spool->tail, bytes, head->length);
    return 0;
}

int spool_add(struct spool *spool, const void *bytes, size_t length, struct err *err)
{
    int failed = append(spool, &(struct head){.length = length}, bytes, err);
    if (failed == 0)
        spool->count++;
    return failed;
}

/* The first of the replacements whose number is not below. */
static size_t find_replacement(const struct spool *spool, uint64_t number)
{
    size_t low = 0;
    size_t high = spool->replacement_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (spool->replacements[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int spool_replace(struct spool *spool, uint64_t number, const void *bytes, size_t length, struct err *err)
{
    assert(number < spool->count);
    int failed = append(spool, &(struct head){.length = length, .replaces = true}, bytes, err);
    if (failed < 0)
        return failed;
    uint64_t place = spool->tail_place + spool->tail.length - length - sizeof(struct head); /* also of what is not in the tail */
    size_t at = find_replacement(spool, number);
    if (at == spool->replacement_count || spool->replacements[at].number != number) {
        MEM_GROW(spool->replacements, spool->replacement_count, spool->replacement_capacity);
        memmove(&spool->replacements[at + 1], &spool->replacements[at],
                (spool->replacement_count - at) * sizeof(*spool->replacements));
        spool->replacement_count++;
    }
    spool->replacements[at] = (struct replacement){.number = number, .place = place};
    return 0;
}

/* ---- reading --------------------------------------------------------------------------------------- */

struct spool_reader spool_reader_init(const struct spool *spool)
{
    return (struct spool_reader){.spool = spool};
}

void spool_reader_done(struct spool_reader *reader)
{
    buf_done(&reader->chunk);
    buf_done(&reader->replaced);
}

/* Fills chunk with the file from place on, length bytes at least. */
static int read_chunk(const struct spool *spool, uint64_t place, size_t length, size_t wanted, struct buf *chunk,
                      struct err *err)
{
    buf_clear(chunk);
    buf_reserve(chunk, wanted);
    while (chunk->length < length) {
        ssize_t got = pread(spool->fd, chunk->data + chunk->length, wanted - chunk->length,
                            (off_t)(place + chunk->length));
        if (got < 0 && errno == EINTR)
            continue;
        int code = got < 0 ? -errno : -EIO;
        if (got <= 0)
            return err_set(err, code, "cannot read what was set aside in a file in %s: %s", spool->directory,
                           strerror(-code));
        chunk->length += (size_t)got;
    }
    return 0;
}

/* length bytes at place: in memory, or in what the reader has of the file. */
static int look_at(struct spool_reader *reader, uint64_t place, size_t length, const char **ret, struct err *err)
{
    const struct spool *spool = reader->spool;
    if (place >= spool->tail_place) {
        *ret = spool->tail.data + (place - spool->tail_place);
        return 0;
    }
    bool there = place >= reader->chunk_place && place + length <= reader->chunk_place + reader->chunk.length;
    int failed = there ? 0 : read_chunk(spool, place, length, length > CHUNK_SIZE ? length : CHUNK_SIZE, &reader->chunk, err);
    if (failed < 0)
        return failed;
    if (!there)
        reader->chunk_place = place;
    *ret = reader->chunk.data + (place - reader->chunk_place);
    return 0;
}

/* A whole record at a time, so that it lies in one piece. */
static int read_record(struct spool_reader *reader, uint64_t place, struct head *head, const char **ret, struct err *err)
{
    int failed = look_at(reader, place, sizeof(*head), ret, err);
    if (failed < 0)
        return failed;
    memcpy(head, *ret, sizeof(*head));
    failed = look_at(reader, place, sizeof(*head) + head->length, ret, err);
    *ret += sizeof(*head);
    return failed;
}

/* What replaces a record lies elsewhere, and must not cost the reader its chunk. */
static int read_replacement(struct spool_reader *reader, const char **ret_bytes, size_t *ret_length, struct err *err)
{
    const struct spool *spool = reader->spool;
    uint64_t place = spool->replacements[reader->replacements].place;
    struct head head;
    if (place >= spool->tail_place) {
        const char *bytes = spool->tail.data + (place - spool->tail_place);
        memcpy(&head, bytes, sizeof(head));
        *ret_bytes = bytes + sizeof(head);
    } else {
        int failed = read_chunk(spool, place, sizeof(head), sizeof(head), &reader->replaced, err);
        if (failed < 0)
            return failed;
        memcpy(&head, reader->replaced.data, sizeof(head));
        failed = read_chunk(spool, place + sizeof(head), head.length, head.length, &reader->replaced, err);
        if (failed < 0)
            return failed;
        *ret_bytes = buf_text(&reader->replaced);
    }
    *ret_length = head.length;
    return 0;
}

int spool_read(struct spool_reader *reader, const char **ret_bytes, size_t *ret_length, struct err *err)
{
    const struct spool *spool = reader->spool;
    struct head head = {.replaces = true};
    if (reader->number == spool->count)
        return 0;
    while (head.replaces) {
        int failed = read_record(reader, reader->place, &head, ret_bytes, err);
        if (failed < 0)
            return failed;
        reader->place += sizeof(head) + head.length;
    }
    *ret_length = head.length;
    size_t at = reader->replacements;
    if (at < spool->replacement_count && spool->replacements[at].number == reader->number) {
        int failed = read_replacement(reader, ret_bytes, ret_length, err);
        if (failed < 0)
            return failed;
        reader->replacements++;
    }
    reader->number++;
    return 1;
}
