#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

static int read_all(int fd, const char *path, size_t limit, struct buf *buf, struct err *err)
{
    for (;;) {
        buf_reserve(buf, 64 * 1024);
        ssize_t got = read(fd, buf->data + buf->length, 64 * 1024);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_set(err, -errno, "cannot read %s: %s", path, strerror(errno));
        buf->length += (size_t)got;
        buf->data[buf->length] = '\0';
        if (buf->length > limit)
            return err_set(err, -EFBIG, "cannot read %s: it is larger than the limit of %zu MiB", path,
                           limit >> 20);
        if (got == 0)
            return 0;
    }
}

int file_read(const char *path, size_t limit, struct buf *ret, struct err *err)
{
    bool standard_input = strcmp(path, "-") == 0;
    AUTO_CLOSE int fd = standard_input ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                       : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return err_set(err, -errno, "cannot open %s: %s", path, strerror(errno));
    struct stat st;
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
        return err_set(err, -EISDIR, "cannot read %s: it is a directory", path);
    AUTO_BUF struct buf buf = BUF_INIT;
    int rc = read_all(fd, standard_input ? "standard input" : path, limit, &buf, err);
    if (rc < 0)
        return rc;
    *ret = buf;
    buf = BUF_INIT;
    return 0;
}

int file_write_fd(int fd, const void *bytes, size_t length)
{
    const char *rest = bytes;
    while (length > 0) {
        ssize_t written = write(fd, rest, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -errno;
        rest += written;
        length -= (size_t)written;
    }
    return 0;
}

static int fill(const struct file_stage *stage, int fd)
{
    return stage->fill ? stage->fill(stage->filler, fd) : file_write_fd(fd, stage->bytes, stage->length);
}

static int write_in_place(const struct file_stage *stage, struct err *err)
{
    AUTO_CLOSE int fd = open(stage->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    int rc = fd < 0 ? -errno : fill(stage, fd);
    return rc < 0 ? err_set(err, rc, "cannot write %s: %s", stage->name, strerror(-rc)) : 0;
}

/* Fills the temporary file and makes it durable. */
static int fill_temporary(const struct file_stage *stage, int fd, unsigned mode)
{
    mode_t mask = umask(0);
    (void)umask(mask);
    int rc = fill(stage, fd);
    if (rc == 0 && fchmod(fd, mode & ~mask) < 0)
        rc = -errno;
    if (rc == 0 && fsync(fd) < 0 && errno != EINVAL)
        rc = -errno;
    return rc;
}

static int stage_temporary(struct file_stage *stage, unsigned mode, struct err *err)
{
    AUTO_FREE char *temporary = mem_printf("%s.XXXXXX", stage->path);
    AUTO_CLOSE int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return err_set(err, -errno, "cannot write %s: %s", stage->name, strerror(errno));
    stage->temporary = TAKE(temporary);
    int rc = fill_temporary(stage, fd, mode);
    return rc < 0 ? err_set(err, rc, "cannot write %s: %s", stage->name, strerror(-rc)) : 0;
}

/* That of a file that is not there yet is one in a directory that is. */
static char *one_name(const char *path)
{
    AUTO_FREE char *real = realpath(path, NULL);
    if (real)
        return TAKE(real);
    const char *slash = strrchr(path, '/');
    AUTO_FREE char *above = slash ? mem_dup(path, (size_t)(slash + 1 - path)) : mem_strdup(".");
    AUTO_FREE char *directory = realpath(above, NULL);
    return directory ? mem_printf("%s/%s", directory, slash ? slash + 1 : path) : mem_strdup(path);
}

/* begun says what is to be written, and how. */
static int stage_it(const char *path, const struct file_stage *begun, unsigned mode, struct file_stage *ret,
                    struct err *err)
{
    AUTO_STAGE struct file_stage stage = *begun;
    struct stat st;
    bool exists = strcmp(path, "-") != 0 && stat(path, &st) == 0;
    if (exists && S_ISDIR(st.st_mode))
        return err_set(err, -EISDIR, "cannot write %s: it is a directory", path);
    if (strcmp(path, "-") != 0) {
        stage.name = mem_strdup(path);
        stage.path = one_name(path);
        int rc = exists && !S_ISREG(st.st_mode) ? 0 : stage_temporary(&stage, mode, err);
        if (rc < 0)
            return rc;
    }
    *ret = stage;
    stage = (struct file_stage){0};
    return 0;
}

int file_stage(const char *path, const void *bytes, size_t length, enum file_replace replace, unsigned mode,
               struct file_stage *ret, struct err *err)
{
    const struct file_stage begun = {.bytes = bytes, .length = length, .replace = replace};
    return stage_it(path, &begun, mode, ret, err);
}

int file_stage_filled(const char *path, file_fill *filling, void *filler, enum file_replace replace, unsigned mode,
                      struct file_stage *ret, struct err *err)
{
    const struct file_stage begun = {.fill = filling, .filler = filler, .replace = replace};
    return stage_it(path, &begun, mode, ret, err);
}

static int rename_staged(struct file_stage *stage, struct err *err)
{
    int rc = 0;
    /* link() refuses to replace, without a window between the look and the write. */
    if (stage->replace == FILE_CREATE ? link(stage->temporary, stage->path) < 0
                                      : rename(stage->temporary, stage->path) < 0)
        rc = -errno;
    if (rc == 0 && stage->replace == FILE_REPLACE) {
        free(stage->temporary);
        stage->temporary = NULL;
    }
    if (rc == -EEXIST)
        return err_set(err, rc, "%s exists already and would be overwritten; use --force to replace it", stage->name);
    return rc < 0 ? err_set(err, rc, "cannot write %s: %s", stage->name, strerror(-rc)) : 0;
}

bool file_stage_same(const struct file_stage *a, const struct file_stage *b)
{
    if (!a->path || !b->path)
        return !a->path && !b->path;
    return strcmp(a->path, b->path) == 0;
}

int file_commit(struct file_stage *stage, struct err *err)
{
    int rc;
    if (stage->temporary) {
        rc = rename_staged(stage, err);
    } else if (stage->path) {
        rc = write_in_place(stage, err);
    } else {
        rc = fill(stage, STDOUT_FILENO);
        if (rc < 0)
            (void)err_set(err, rc, "cannot write to standard output: %s", strerror(-rc));
    }
    file_stage_done(stage);
    return rc;
}

void file_stage_done(struct file_stage *stage)
{
    if (stage->temporary)
        (void)unlink(stage->temporary);
    free(stage->temporary);
    free(stage->path);
    free(stage->name);
    *stage = (struct file_stage){0};
}

int file_write(const char *path, const void *bytes, size_t length, enum file_replace replace, unsigned mode,
               struct err *err)
{
    AUTO_STAGE struct file_stage stage = {0};
    int rc = file_stage(path, bytes, length, replace, mode, &stage, err);
    return rc < 0 ? rc : file_commit(&stage, err);
}
