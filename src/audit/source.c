#include "audit/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/source_syntax.h"

enum { READ_BYTES = 256 << 10, NAME_MAX_SHOWN = ERR_SENTENCE_MAX / 2 };

const char *source_name(const char *path)
{
    size_t length = strlen(path);
    if (strcmp(path, "-") == 0)
        return "standard input";
    if (length <= NAME_MAX_SHOWN)
        return path;
    const char *end = path + length - NAME_MAX_SHOWN;
    const char *slash = strchr(end, '/');
    return slash && slash[1] ? slash + 1 : end;
}

static const char *shown(const struct source *source)
{
    return source_name(source->path);
}

/* O_NONBLOCK, so that nothing that stands where a file is expected (a pipe, a terminal, a tape) can hold up the open. */
static int open_path(const char *path)
{
    if (strcmp(path, "-") == 0)
        return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

struct load {
    size_t limit;
    bool regular; /* nothing but a regular file will do */
};

static int refuse_size(const struct source *source, const struct load *load, struct err *err)
{
    return err_set(err, -EFBIG, "cannot read %s: it is larger than the limit of %zu MiB", shown(source), load->limit >> 20);
}

static int refuse_kind(const struct source *source, const struct stat *st, const struct load *load, struct err *err)
{
    bool standard_input = strcmp(source->path, "-") == 0;
    if (S_ISDIR(st->st_mode))
        return err_set(err, -EINVAL, "cannot read %s: it is a directory", shown(source));
    if (load->regular && !S_ISREG(st->st_mode))
        return err_set(err, -EINVAL, "cannot read %s: it is no regular file", shown(source));
    if (!standard_input && !S_ISREG(st->st_mode) && !S_ISFIFO(st->st_mode))
        return err_set(err, -EINVAL, "cannot read %s: it is a device, no file", shown(source));
    return 0;
}

/* One read into what the buffer has room for. Waits where there is nothing yet, but not for the few regular files of /proc
 * that would have it so. Returns the bytes, or -errno. */
static ssize_t read_some(int fd, bool regular, struct buf *bytes)
{
    for (;;) {
        ssize_t got = read(fd, bytes->data + bytes->length, bytes->capacity - bytes->length - 1);
        if (got >= 0)
            return got;
        if (errno != EINTR && (errno != EAGAIN || regular))
            return -errno;
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (errno == EAGAIN)
            (void)poll(&ready, 1, -1);
    }
}

/* A pipe that nobody has opened for writing yet reads as ended; poll waits for the writer. */
static void await_writer(int fd, const struct stat *st)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    if (S_ISFIFO(st->st_mode))
        while (poll(&ready, 1, -1) < 0 && errno == EINTR)
            continue;
}

static int read_all(struct source *source, int fd, const struct stat *st, const struct load *load, struct err *err)
{
    struct buf *bytes = &source->bytes;
    size_t expected = S_ISREG(st->st_mode) && st->st_size > 0 ? (size_t)st->st_size : 0;
    for (;;) {
        /* One more than expected, so that the read that gets it all also shows the end. */
        buf_reserve(bytes, expected > bytes->length ? expected - bytes->length + 1 : READ_BYTES);
        size_t room = bytes->capacity - bytes->length - 1;
        ssize_t got = read_some(fd, S_ISREG(st->st_mode), bytes);
        if (got < 0)
            return err_set(err, (int)got, "cannot read %s: %s", shown(source), strerror((int)-got));
        bytes->length += (size_t)got;
        bytes->data[bytes->length] = '\0';
        if (bytes->length > load->limit)
            return refuse_size(source, load, err);
        if (got == 0 || (expected && bytes->length >= expected && (size_t)got < room))
            return 0;
    }
}

static int load_fd(struct source *source, int fd, const struct load *load, struct err *err)
{
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0) {
        int code = -errno;
        return err_set(err, code, "cannot open %s: %s", shown(source), strerror(-code));
    }
    int rc = refuse_kind(source, &st, load, err);
    if (rc == 0 && S_ISREG(st.st_mode) && st.st_size > (off_t)load->limit)
        rc = refuse_size(source, load, err);
    if (rc < 0)
        return rc;
    await_writer(fd, &st);
    return read_all(source, fd, &st, load, err);
}

int source_load(struct source *source, const char *path, struct err *err)
{
    source->path = path;
    AUTO_CLOSE int fd = open_path(path);
    return load_fd(source, fd, &(struct load){.limit = NODE_BYTES_MAX}, err);
}

int source_load_named(struct source *source, const char *path, size_t limit, struct err *err)
{
    source->path = path;
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    return load_fd(source, fd, &(struct load){.limit = limit, .regular = true}, err);
}

/* ---- documents ------------------------------------------------------------------------------------- */

typedef int reader(const char *name, const char *bytes, size_t length, struct arena *arena, struct node_stream *ret,
                   struct err *err);

/* YAML is wider than JSON, so what begins like JSON may be YAML in flow style; if it is neither, JSON's sentence is the
 * one that helps. */
static int read_json_or_yaml(struct source *source, struct arena *arena, struct err *err)
{
    const char *name = shown(source), *bytes = buf_text(&source->bytes);
    int rc = json_read(name, bytes, source->bytes.length, arena, &source->stream, err);
    if (rc != -EINVAL)
        return rc;
    struct node_stream flow = {0};
    struct err ignored = ERR_INIT;
    if (yaml_read(name, bytes, source->bytes.length, arena, &flow, &ignored) < 0)
        return rc;
    source->syntax = "yaml";
    source->stream = flow;
    *err = ERR_INIT;
    return 0;
}

static int read_documents(struct source *source, struct arena *arena, struct err *err)
{
    static const struct {
        const char *syntax;
        reader *read;
    } readers[] = {
        {"yaml", yaml_read}, {"toml", toml_read},         {"dockerfile", dockerfile_read},
        {"lxc", lxc_read},   {"apparmor", apparmor_read},
    };
    if (strcmp(source->syntax, "json") == 0)
        return read_json_or_yaml(source, arena, err);
    for (size_t i = 0; i < ARRAY_COUNT(readers); i++)
        if (strcmp(readers[i].syntax, source->syntax) == 0)
            return readers[i].read(shown(source), buf_text(&source->bytes), source->bytes.length, arena,
                                   &source->stream, err);
    return 0; /* empty, binary: no documents */
}

int source_parse(struct source *source, struct arena *arena, struct err *err)
{
    struct err own = ERR_INIT;
    const char *bytes = buf_text(&source->bytes);
    source->syntax = source_syntax(bytes, source->bytes.length);
    int rc = read_documents(source, arena, &own);
    if (rc == 0)
        return 0;
    uint32_t line = rc == -EINVAL && strcmp(source->syntax, "toml") != 0
                        ? source_template_line(bytes, source->bytes.length, source->stream.error_line)
                        : 0;
    if (line == 0) {
        if (err)
            *err = own;
        return rc;
    }
    source->stream.error_line = line;
    source->stream.error_column = 1;
    return err_set(err, rc,
                   "%s:%u:1: an unrendered template; render it (helm template, kustomize build) and pipe the result to "
                   "profgen audit -",
                   shown(source), line);
}

void source_done(struct source *source)
{
    buf_done(&source->bytes);
    free(source->line_starts);
    *source = SOURCE_INIT;
}

/* ---- lines ----------------------------------------------------------------------------------------- */

static void find_lines(struct source *source)
{
    const char *bytes = buf_text(&source->bytes), *end = bytes + source->bytes.length;
    size_t count = 0, capacity = 0;
    for (const char *at = bytes; at && at < end;) {
        MEM_GROW(source->line_starts, count, capacity);
        source->line_starts[count++] = (uint32_t)(at - bytes);
        at = memchr(at, '\n', (size_t)(end - at));
        at = at ? at + 1 : NULL;
    }
    source->line_count = count;
}

const char *source_line(struct source *source, uint32_t line, size_t *ret_length)
{
    if (!source->line_starts)
        find_lines(source);
    if (!source->line_starts || line == 0 || line > source->line_count)
        return NULL;
    const char *bytes = buf_text(&source->bytes);
    size_t start = source->line_starts[line - 1];
    size_t end = line < source->line_count ? source->line_starts[line] : source->bytes.length;
    if (end > start && bytes[end - 1] == '\n')
        end--;
    if (end > start && bytes[end - 1] == '\r')
        end--;
    *ret_length = end - start;
    return bytes + start;
}
