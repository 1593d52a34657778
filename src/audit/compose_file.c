/* The files that a Compose file names: found from its directory, read within limits. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/compose.h"
#include "base/node_in.h"
#include "base/text.h"

bool compose_spend(struct compose_reader *reader, size_t work)
{
    if (work <= COMPOSE_WORK_MAX - reader->work) {
        reader->work += work;
        return true;
    }
    if (!reader->exhausted)
        compose_miss(reader, NULL,
                     "the project is too large: services, or what extends, include, aliases and variables make of "
                     "them, are more than any real one has");
    reader->exhausted = true;
    return false;
}

const char *compose_directory(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? arena_dup(arena, path, (size_t)(slash + 1 - path)) : "";
}

const char *compose_join(struct arena *arena, const char *directory, const char *path)
{
    while (strncmp(path, "./", 2) == 0)
        path += 2 + strspn(path + 2, "/");
    return path[0] == '/' ? path : arena_printf(arena, "%s%s", directory, path);
}

/* Regular files alone: a pipe or a device would never end, and opening one may wait or do something. */
static int open_regular(const char *path, const char **ret_why, size_t *ret_size)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        *ret_why = strerror(errno);
        return -errno;
    }
    *ret_why = fstat(fd, &st) < 0                          ? strerror(errno)
               : !S_ISREG(st.st_mode)                      ? "it is no regular file"
               : st.st_size > (off_t)COMPOSE_FILE_BYTES_MAX ? "it is larger than 1 MiB"
                                                           : NULL;
    if (*ret_why) {
        (void)close(fd);
        return -EINVAL;
    }
    *ret_size = (size_t)st.st_size;
    return fd;
}

static size_t read_all(int fd, char *bytes, size_t size)
{
    size_t length = 0;
    while (length < size) {
        ssize_t got = read(fd, bytes + length, size - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        length += (size_t)got;
    }
    return length;
}

static void miss_file(struct compose_reader *reader, const struct node *where, const char *path, const char *why)
{
    AUTO_BUF struct buf plain = BUF_INIT;
    text_escape(&plain, path, strnlen(path, 200));
    compose_miss(reader, where, "cannot read %s: %s", buf_text(&plain), why);
}

const char *compose_bytes(struct compose_reader *reader, const char *path, bool required, const struct node *where,
                          size_t *ret_length)
{
    const char *why = NULL;
    size_t size = 0;
    bool room = reader->files < COMPOSE_FILES_MAX;
    AUTO_CLOSE int fd = room ? open_regular(path, &why, &size) : -E2BIG;
    if (fd >= 0 && size > COMPOSE_BYTES_MAX - reader->bytes)
        room = false;
    if (fd < 0 || !room) {
        if (required || (fd != -ENOENT && fd != -ENOTDIR))
            miss_file(reader, where, path, room ? why : "the project is of too many files, or too large ones");
        return NULL;
    }
    reader->files++;
    reader->bytes += size;
    char *bytes = arena_alloc(reader->arena, size + 1);
    *ret_length = read_all(fd, bytes, size);
    return bytes;
}

static const struct compose_file *find_opened(const struct compose_reader *reader, const char *path,
                                              const struct compose_env *env)
{
    const struct compose_file *at = reader->opened;
    while (at && (at->env != env || strcmp(at->path, path) != 0))
        at = at->next;
    return at;
}

/* That what was read is a map says little: so is /etc/shadow. */
static bool is_compose(const struct node *root)
{
    static const char *const keys[] = {"services", "include", "name", "networks", "volumes", "secrets", "configs", "models",
                                       "version"};
    bool known = node_count(root) == 0;
    for (size_t i = 0; i < ARRAY_COUNT(keys) && !known; i++)
        known = node_find(root, keys[i]);
    for (const struct node *entry = node_first(root); entry && !known; entry = entry->next)
        known = strncmp(entry->key, "x-", 2) == 0;
    return known;
}

static const struct node *parse(struct compose_reader *reader, const char *path, const struct node *where)
{
    size_t length;
    const char *bytes = compose_bytes(reader, path, true, where, &length);
    if (!bytes)
        return NULL;
    struct node_stream stream = {0};
    struct err err = ERR_INIT;
    if (yaml_read(path, bytes, length, reader->arena, &stream, &err) < 0) {
        compose_miss(reader, where, "%s", err.sentence);
        return NULL;
    }
    if (stream.count == 0 || !node_is(stream.documents[0], NODE_MAP) || !is_compose(stream.documents[0])) {
        miss_file(reader, where, path, "it is no Compose file");
        return NULL;
    }
    return stream.documents[0];
}

/* What Compose would fetch from elsewhere: an OCI artifact, a repository. */
static bool is_remote(const char *path)
{
    return strstr(path, "://") || strncmp(path, "git@", 4) == 0 || strncmp(path, "oci:", 4) == 0 ||
           strncmp(path, "github.com/", 11) == 0;
}

const struct compose_file *compose_open(struct compose_reader *reader, const char *path, const char *directory,
                                        const struct compose_env *env, const struct node *where)
{
    const struct compose_file *there = find_opened(reader, path, env);
    if (there)
        return there;
    if (is_remote(path)) {
        miss_file(reader, where, path, "it is not on this machine");
        return NULL;
    }
    const struct node *root = parse(reader, path, where);
    if (!root)
        return NULL;
    struct compose_file *file = arena_alloc(reader->arena, sizeof(*file));
    *file = (struct compose_file){
        .next = reader->opened,
        .path = path,
        .directory = directory,
        .env = env,
        .root = compose_expand_tree(reader, env, root),
    };
    reader->opened = file;
    return file;
}
