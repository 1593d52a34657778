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

static int write_in_place(const char *path, const void *bytes, size_t length, struct err *err)
{
    AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    int rc = fd < 0 ? -errno : file_write_fd(fd, bytes, length);
    return rc < 0 ? err_set(err, rc, "cannot write %s: %s", path, strerror(-rc)) : 0;
}

/* Fills the temporary file and makes it durable. */
static int fill_temporary(int fd, const void *bytes, size_t length, unsigned mode)
{
    mode_t mask = umask(0);
    (void)umask(mask);
    int rc = file_write_fd(fd, bytes, length);
    if (rc == 0 && fchmod(fd, mode & ~mask) < 0)
        rc = -errno;
    if (rc == 0 && fsync(fd) < 0 && errno != EINVAL)
        rc = -errno;
    return rc;
}

static int replace_file(const char *path, const void *bytes, size_t length, enum file_replace replace,
                        unsigned mode, struct err *err)
{
    AUTO_FREE char *temporary = mem_printf("%s.XXXXXX", path);
    AUTO_CLOSE int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return err_set(err, -errno, "cannot write %s: %s", path, strerror(errno));
    int rc = fill_temporary(fd, bytes, length, mode);
    /* link() refuses to replace, without a window between the look and the write. */
    if (rc == 0 && replace == FILE_CREATE && link(temporary, path) < 0)
        rc = -errno;
    if (rc == 0 && replace == FILE_REPLACE && rename(temporary, path) < 0)
        rc = -errno;
    if (rc < 0 || replace == FILE_CREATE)
        (void)unlink(temporary);
    if (rc == -EEXIST)
        return err_set(err, rc, "%s exists already and would be overwritten; use --force to replace it", path);
    return rc < 0 ? err_set(err, rc, "cannot write %s: %s", path, strerror(-rc)) : 0;
}

int file_write(const char *path, const void *bytes, size_t length, enum file_replace replace, unsigned mode,
               struct err *err)
{
    if (strcmp(path, "-") == 0) {
        int rc = file_write_fd(STDOUT_FILENO, bytes, length);
        return rc < 0 ? err_set(err, rc, "cannot write to standard output: %s", strerror(-rc)) : 0;
    }
    struct stat st;
    if (stat(path, &st) == 0) {
        if (S_ISDIR(st.st_mode))
            return err_set(err, -EISDIR, "cannot write %s: it is a directory", path);
        if (!S_ISREG(st.st_mode))
            return write_in_place(path, bytes, length, err);
    }
    AUTO_FREE char *real = realpath(path, NULL);
    return replace_file(real ? real : path, bytes, length, replace, mode, err);
}
