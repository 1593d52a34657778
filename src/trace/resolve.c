#include "trace/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "trace/thread.h"

/* As the kernel's MAXSYMLINKS (linux/namei.h). */
#define LINKS_MAX 40
/* A resolved path longer than this is not one the kernel would take apart; it bounds hostile links. */
#define RESOLVED_MAX (16 * PATH_MAX)
#define DIRECTORIES_MAX 65536

struct dir_entry {
    uint32_t resolved; /* a recording string */
    uint32_t generation;
};

/* One walk from the root of the tracee. */
struct walk {
    struct tracer *tracer;
    struct thread *thread;
    struct buf at; /* prefix + what is resolved so far; "" is the root */
    size_t prefix; /* bytes of at that lead to the tracee's root as the tracer sees it */
    unsigned links;
    bool exists;
    bool not_a_path;
    bool magic; /* went through /proc, where links depend on who looks */
    struct stat st;
};

void resolve_init(struct tracer *tracer)
{
    struct stat st;
    tracer->dirs.keys = intern_new();
    tracer->dirs.generation = 1;
    if (stat("/proc/self/ns/mnt", &st) == 0)
        tracer->mount_namespace = st.st_ino;
    if (stat("/", &st) == 0) {
        tracer->root_inode = st.st_ino;
        tracer->root_device = st.st_dev;
    }
}

void resolve_done(struct tracer *tracer)
{
    intern_free(tracer->dirs.keys);
    free(tracer->dirs.entries);
}

void resolve_forget_directories(struct tracer *tracer)
{
    tracer->dirs.generation++;
}

void resolve_forget_cwd(struct thread *thread)
{
    free(thread->fs->cwd);
    thread->fs->cwd = NULL;
}

void resolve_forget_root(struct thread *thread)
{
    thread->fs->root_known = false;
    resolve_forget_cwd(thread);
}

/* Finds out whether the thread's root is the tracer's. The link is stat'ed through /proc, so that a root in
 * another mount namespace is told apart even when its text is "/". */
static const char *thread_root(struct tracer *tracer, struct thread *thread)
{
    struct fs_context *fs = thread->fs;
    if (fs->root_known)
        return fs->root;
    char text[PATH_MAX];
    struct stat st;
    free(fs->root);
    fs->root = NULL;
    bool same = thread_proc_stat(tracer, thread, "ns/mnt", &st) == 0 && st.st_ino == tracer->mount_namespace;
    same = same && thread_proc_stat(tracer, thread, "root", &st) == 0 && st.st_ino == tracer->root_inode &&
           st.st_dev == tracer->root_device;
    if (!same) {
        ssize_t length = thread_proc_readlink(tracer, thread, "root", text, sizeof(text));
        fs->root = mem_strdup(length > 0 ? text : "/");
    }
    fs->root_known = true;
    return fs->root;
}

static enum file_type type_of_mode(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return FILE_REGULAR;
    case S_IFDIR:
        return FILE_DIRECTORY;
    case S_IFLNK:
        return FILE_SYMLINK;
    case S_IFSOCK:
        return FILE_SOCKET;
    case S_IFIFO:
        return FILE_FIFO;
    case S_IFCHR:
        return FILE_CHARACTER;
    case S_IFBLK:
        return FILE_BLOCK;
    default:
        return FILE_UNKNOWN;
    }
}

static void fill_from_stat(struct resolved *resolved, const struct stat *st)
{
    resolved->exists = true;
    resolved->type = type_of_mode(st->st_mode);
    resolved->mode = st->st_mode;
    resolved->uid = st->st_uid;
    resolved->gid = st->st_gid;
}

/* ---- what d_path says ------------------------------------------------------------------------ */

/* Takes the root's own path off the front of what the tracer's d_path shows. */
static const char *strip_root(const char *root, const char *text)
{
    size_t length = root ? strlen(root) : 0;
    if (length <= 1 || strncmp(text, root, length) != 0)
        return text;
    if (text[length] == '\0')
        return "/";
    return text[length] == '/' ? text + length : text;
}

/* d_path appends " (deleted)" to the name of a file that was unlinked; a file may also be called so. */
static bool ends_deleted(const char *text, size_t length, size_t *ret_bare)
{
    static const char suffix[] = " (deleted)";
    *ret_bare = length - (sizeof(suffix) - 1);
    return length > sizeof(suffix) - 1 && strcmp(text + *ret_bare, suffix) == 0;
}

/* The path behind a link of /proc/TID, in the tracee's own root; STRING_NONE when it is not a path, or (ret_lost)
 * the link cannot be read: the process was killed, or may not be looked at. */
static uint32_t link_path(struct tracer *tracer, struct thread *thread, const char *name, bool *ret_lost)
{
    char text[PATH_MAX + 32];
    size_t bare;
    struct stat st;
    ssize_t length = thread_proc_readlink(tracer, thread, name, text, sizeof(text));
    *ret_lost = length <= 0;
    if (length <= 0 || text[0] != '/')
        return STRING_NONE;
    if (ends_deleted(text, (size_t)length, &bare) && thread_proc_stat(tracer, thread, name, &st) == 0 &&
        st.st_nlink == 0) {
        if (strncmp(text, "/memfd:", 7) == 0)
            return STRING_NONE;
        text[bare] = '\0';
    }
    const char *path = strip_root(thread_root(tracer, thread), text);
    return recording_bytes(tracer->recording, path, strlen(path));
}

bool resolve_proc_link(struct tracer *tracer, struct thread *thread, const char *name, struct resolved *ret)
{
    struct stat st;
    *ret = (struct resolved){.path = STRING_NONE};
    ret->path = link_path(tracer, thread, name, &ret->lost);
    if (ret->path == STRING_NONE)
        return false;
    if (thread_proc_stat(tracer, thread, name, &st) == 0)
        fill_from_stat(ret, &st);
    return true;
}

static void descriptor_name(int fd, char name[static 32])
{
    (void)snprintf(name, 32, "fd/%d", fd);
}

bool resolve_descriptor_path(struct tracer *tracer, struct thread *thread, int fd, struct resolved *ret)
{
    char name[32];
    *ret = (struct resolved){.path = STRING_NONE};
    if (fd < 0)
        return false;
    descriptor_name(fd, name);
    ret->path = link_path(tracer, thread, name, &ret->lost);
    return ret->path != STRING_NONE;
}

void resolve_descriptor_stat(struct tracer *tracer, struct thread *thread, int fd, struct resolved *resolved)
{
    char name[32];
    struct stat st;
    descriptor_name(fd, name);
    if (thread_proc_stat(tracer, thread, name, &st) == 0)
        fill_from_stat(resolved, &st);
}

bool resolve_descriptor(struct tracer *tracer, struct thread *thread, int fd, struct resolved *ret)
{
    if (!resolve_descriptor_path(tracer, thread, fd, ret))
        return false;
    resolve_descriptor_stat(tracer, thread, fd, ret);
    return true;
}

/* ---- walking --------------------------------------------------------------------------------- */

static const char *walked(const struct walk *walk)
{
    return walk->at.length > walk->prefix ? walk->at.data + walk->prefix : "/";
}

static void pop_component(struct walk *walk)
{
    while (walk->at.length > walk->prefix && walk->at.data[walk->at.length - 1] != '/')
        walk->at.length--;
    if (walk->at.length > walk->prefix)
        walk->at.length--;
    walk->at.data[walk->at.length] = '\0';
    walk->st.st_mode = 0;
}

/* The thread's ids as a /proc of its own PID namespace shows them (NSpid and NStgid of proc(5)). */
static int own_number(const struct walk *walk, const char *field, int fallback)
{
    char text[4096];
    if (!walk->thread->fs->root || thread_proc_read(walk->tracer, walk->thread, "status", text, sizeof(text)) < 0)
        return fallback;
    char *line = strstr(text, field);
    if (!line)
        return fallback;
    line[strcspn(line + 1, "\n") + 1] = '\0';
    const char *last = strrchr(line, '\t');
    return last ? atoi(last + 1) : fallback;
}

/* /proc/self and /proc/thread-self mean the tracee, not the tracer that looks. */
static const char *own_name(const struct walk *walk, const char *component, size_t length, char text[static 64])
{
    bool self = length == 4 && memcmp(component, "self", 4) == 0;
    bool thread_self = length == 11 && memcmp(component, "thread-self", 11) == 0;
    if ((!self && !thread_self) || strcmp(walked(walk), "/proc") != 0)
        return NULL;
    int pid = own_number(walk, "\nNStgid:", walk->thread->process->pid);
    if (self)
        (void)snprintf(text, 64, "/%d", pid);
    else
        (void)snprintf(text, 64, "/%d/task/%d", pid, own_number(walk, "\nNSpid:", walk->thread->tid));
    return text;
}

static bool walk_path(struct walk *walk, const char *path, bool follow);

/* A link of /proc/PID (fd/N, exe, cwd, root) is followed by the kernel as what it stands for, not by its text. */
static bool is_magic_link(const struct walk *walk)
{
    unsigned pid = 0;
    return sscanf(walked(walk), "/proc/%u/", &pid) == 1 && pid > 0;
}

/* Appends what is left without looking: nothing is there. */
static bool append_unknown(struct walk *walk, const char *rest)
{
    walk->exists = false;
    while (*rest) {
        rest += strspn(rest, "/");
        size_t length = strcspn(rest, "/");
        if (length == 2 && memcmp(rest, "..", 2) == 0) {
            pop_component(walk);
        } else if (length > 0 && !(length == 1 && rest[0] == '.')) {
            buf_add_char(&walk->at, '/');
            buf_add(&walk->at, rest, length);
        }
        rest += length;
    }
    return true;
}

/* The last component put into walk->at is a symbolic link: goes where it points, then along rest. */
static bool walk_link(struct walk *walk, const char *rest, bool follow)
{
    char target[PATH_MAX];
    ssize_t length = readlink(walk->at.data, target, sizeof(target) - 1);
    if (length <= 0)
        return false;
    if (++walk->links > LINKS_MAX)
        return append_unknown(walk, rest); /* ELOOP: the link itself is what was looked for */
    target[length] = '\0';
    if (target[0] != '/' && is_magic_link(walk)) {
        walk->not_a_path = true; /* "pipe:[1]", "socket:[2]" */
        return false;
    }
    const char *text = target;
    if (target[0] == '/') {
        walk->at.length = walk->prefix;
        walk->at.data[walk->at.length] = '\0';
        text = strip_root(walk->thread->fs->root, target);
    } else {
        pop_component(walk);
    }
    AUTO_BUF struct buf whole = BUF_INIT;
    buf_add_text(&whole, text);
    if (*rest)
        buf_add_text(&whole, rest); /* rest starts with a slash */
    return whole.length <= RESOLVED_MAX && walk_path(walk, buf_text(&whole), follow);
}

static bool walk_path(struct walk *walk, const char *path, bool follow)
{
    for (const char *rest = path; *rest;) {
        rest += strspn(rest, "/");
        size_t length = strcspn(rest, "/");
        const char *component = rest;
        rest += length;
        if (length == 0 || (length == 1 && component[0] == '.'))
            continue;
        if (length == 2 && component[0] == '.' && component[1] == '.') {
            pop_component(walk);
            continue;
        }
        char own[64];
        if (own_name(walk, component, length, own)) {
            buf_add_text(&walk->at, own);
            walk->magic = true;
            continue;
        }
        if (walk->at.length - walk->prefix + length > RESOLVED_MAX)
            return false;
        buf_add_char(&walk->at, '/');
        buf_add(&walk->at, component, length);
        if (lstat(walk->at.data, &walk->st) < 0)
            return append_unknown(walk, rest);
        walk->exists = true;
        bool last = rest[strspn(rest, "/")] == '\0';
        if (S_ISLNK(walk->st.st_mode) && (!last || follow || *rest == '/'))
            return walk_link(walk, rest, follow);
    }
    return true;
}

/* ---- joining and remembering ------------------------------------------------------------------ */

static const char *thread_cwd(struct tracer *tracer, struct thread *thread)
{
    bool lost;
    if (!thread->fs->cwd) {
        uint32_t path = link_path(tracer, thread, "cwd", &lost);
        thread->fs->cwd = path == STRING_NONE ? NULL : mem_strdup(recording_text(tracer->recording, path));
    }
    return thread->fs->cwd;
}

static const char *directory_of(struct tracer *tracer, struct thread *thread, int dirfd)
{
    char name[32];
    bool lost;
    if (dirfd == RESOLVE_CWD)
        return thread_cwd(tracer, thread);
    descriptor_name(dirfd, name);
    return recording_text(tracer->recording, link_path(tracer, thread, name, &lost));
}

/* The whole path from the tracee's root, as written: not yet resolved. */
static bool join_path(struct tracer *tracer, struct thread *thread, int dirfd, const char *path, struct buf *out)
{
    if (path[0] != '/') {
        const char *base = directory_of(tracer, thread, dirfd);
        if (!base)
            return false;
        buf_add_text(out, base);
        buf_add_char(out, '/');
    }
    buf_add_text(out, path);
    return true;
}

static struct dir_entry *directory_entry(struct tracer *tracer, const char *key, size_t length)
{
    struct dir_cache *cache = &tracer->dirs;
    if (intern_count(cache->keys) >= DIRECTORIES_MAX) {
        intern_free(cache->keys);
        cache->keys = intern_new();
        cache->generation++;
    }
    uint32_t number = intern_add(cache->keys, key, length);
    if (number >= cache->capacity) {
        size_t capacity = cache->capacity ? cache->capacity * 2 : 256;
        cache->entries = mem_resize(cache->entries, capacity, sizeof(*cache->entries));
        memset(cache->entries + cache->capacity, 0, (capacity - cache->capacity) * sizeof(*cache->entries));
        cache->capacity = capacity;
    }
    return &cache->entries[number];
}

/* Walks all but the last component, from memory when it is there. */
static bool walk_directory(struct walk *walk, const char *path, size_t length)
{
    struct tracer *tracer = walk->tracer;
    struct dir_entry *entry = walk->prefix == 0 ? directory_entry(tracer, path, length) : NULL;
    if (entry && entry->generation == tracer->dirs.generation) {
        const char *known = recording_text(tracer->recording, entry->resolved);
        if (strcmp(known, "/") != 0)
            buf_add_text(&walk->at, known);
        return true;
    }
    AUTO_FREE char *directory = mem_dup(path, length);
    if (!walk_path(walk, directory, true))
        return false;
    if (entry && walk->exists && !walk->magic) {
        entry->resolved = recording_string(tracer->recording, walked(walk));
        entry->generation = tracer->dirs.generation;
    }
    return true;
}

static void start_walk(struct walk *walk)
{
    if (thread_root(walk->tracer, walk->thread))
        buf_printf(&walk->at, "/proc/%d/root", walk->thread->tid);
    else
        buf_reserve(&walk->at, PATH_MAX);
    walk->prefix = walk->at.length;
    walk->at.data[walk->at.length] = '\0';
    walk->exists = true;
}

static bool walk_all(struct walk *walk, const char *path, size_t length, bool follow)
{
    size_t end = length;
    while (end > 0 && path[end - 1] == '/')
        end--;
    size_t split = end;
    while (split > 0 && path[split - 1] != '/')
        split--;
    if (!walk_directory(walk, path, split))
        return false;
    if (!walk->exists)
        return append_unknown(walk, path + split);
    if (!walk_path(walk, path + split, follow))
        return false;
    /* "/", "." and "..": nothing was looked at on the way. */
    if (walk->exists && walk->st.st_mode == 0)
        walk->exists = stat(walk->at.length ? walk->at.data : "/", &walk->st) == 0;
    return true;
}

bool resolve_path(struct tracer *tracer, struct thread *thread, int dirfd, const char *path, bool follow,
                  struct resolved *ret)
{
    AUTO_BUF struct buf joined = BUF_INIT;
    struct walk walk = {.tracer = tracer, .thread = thread};
    bool done = false;
    if (join_path(tracer, thread, dirfd, path, &joined)) {
        start_walk(&walk);
        done = walk_all(&walk, buf_text(&joined), joined.length, follow);
    }
    if (done) {
        *ret = (struct resolved){.path = recording_string(tracer->recording, walked(&walk))};
        if (walk.exists)
            fill_from_stat(ret, &walk.st);
    } else {
        *ret = (struct resolved){.path = STRING_NONE, .lost = !walk.not_a_path};
    }
    buf_done(&walk.at);
    return done;
}
