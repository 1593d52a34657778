/*
 * Asks the AppArmor kernel for its own decisions, without doing anything: reads lines from standard input and answers the
 * questions in order.
 *
 *   @ FILE        loads the compiled profiles of FILE (apparmor_parser --ofile), in place of those of the same names
 *   LABEL PATH    asks; both with every byte outside [A-Za-z0-9/._-] as %XX. Prints what is allowed, in hexadecimal, as the
 *                 kernel's bits: to the owner of the file, and to others; and the same of the pair that a link of that name to
 *                 a file of the same name would be (security/apparmor/file.c: profile_path_link)
 *   # LABEL F T   asks whether sockets of family F and type T, numbers, can be used; prints one
 *
 * What is asked is the file .access of securityfs, as aa_query_label(3) does. The kernel takes the file in question to belong
 * to root and looks at the fsuid of who asks (security/apparmor/apparmorfs.c: profile_query_cb): so root asks for the owner,
 * and another fsuid for others.
 */
#include "aa_case.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECURITYFS "/sys/kernel/security/apparmor/"

enum { SOMEBODY_ELSE = 1234, CLASS_FILE = 2, CLASS_NET = 14, QUERY_MAX = 4 * PATH_MAX };

/* The kernel takes a policy in one write only. */
static bool load(const char *path)
{
    struct stat file;
    int in = open(path, O_RDONLY | O_CLOEXEC);
    int out = open(SECURITYFS ".replace", O_WRONLY | O_CLOEXEC);
    if (in < 0 || out < 0 || fstat(in, &file) < 0)
        return false;
    void *bytes = mmap(NULL, (size_t)file.st_size, PROT_READ, MAP_PRIVATE, in, 0);
    bool loaded = bytes != MAP_FAILED && write(out, bytes, (size_t)file.st_size) == file.st_size;
    (void)munmap(bytes, (size_t)file.st_size);
    return close(in) == 0 && close(out) == 0 && loaded;
}

/* class and what follows it is what the automaton of the profile is walked with. */
static size_t make_query(const char *label, char class, const void *bytes, size_t count, char *query)
{
    size_t length = sizeof("label");
    memcpy(query, "label", sizeof("label"));
    memcpy(query + length, label, strlen(label) + 1);
    length += strlen(label) + 1;
    query[length++] = class;
    memcpy(query + length, bytes, count);
    return length + count;
}

/* A negative errno, or the bits that are allowed and not denied. */
static long ask(const char *query, size_t length)
{
    char answer[256];
    unsigned allow = 0;
    unsigned deny = 0;
    int fd = open(SECURITYFS ".access", O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    ssize_t got = write(fd, query, length) == (ssize_t)length ? read(fd, answer, sizeof(answer) - 1) : -1;
    int error = errno;
    (void)close(fd);
    if (got < 0)
        return -error;
    answer[got] = '\0';
    return sscanf(answer, "allow %x deny %x", &allow, &deny) == 2 ? (long)(allow & ~deny) : -EPROTO;
}

/* The path, and behind a NUL the path again. */
static size_t make_pair(const char *path, char *pair)
{
    size_t length = strlen(path);
    memcpy(pair, path, length + 1);
    memcpy(pair + length + 1, path, length);
    return 2 * length + 1;
}

static bool ask_both(const char *query, size_t length)
{
    long owner = ask(query, length);
    (void)setfsuid(SOMEBODY_ELSE);
    long other = ask(query, length);
    (void)setfsuid(0);
    (void)printf(owner < 0 || other < 0 ? "error %ld %ld " : "%lx %lx ", owner, other);
    return owner >= 0 && other >= 0;
}

static bool answer(const char *label, const char *path)
{
    char query[QUERY_MAX];
    char pair[2 * PATH_MAX];
    bool good = ask_both(query, make_query(label, CLASS_FILE, path, strlen(path), query)) &&
                ask_both(query, make_query(label, CLASS_FILE, pair, make_pair(path, pair), query));
    (void)putchar('\n');
    return good;
}

static bool answer_network(const char *label, unsigned family, unsigned type)
{
    char query[QUERY_MAX];
    const unsigned char bytes[4] = {(unsigned char)(family >> 8), (unsigned char)family, (unsigned char)(type >> 8),
                                    (unsigned char)type};
    long allowed = ask(query, make_query(label, CLASS_NET, bytes, sizeof(bytes), query));
    (void)printf("%s%lx\n", allowed < 0 ? "error -" : "", allowed < 0 ? -allowed : allowed);
    return allowed >= 0;
}

/* aa_case_decode is for paths. */
static bool decode_label(const char *text, char *label, size_t size)
{
    char path[PATH_MAX];
    char slashed[3 * PATH_MAX + 1];
    (void)snprintf(slashed, sizeof(slashed), "/%s", text);
    if (!aa_case_decode(slashed, path, sizeof(path)) || strlen(path) > size)
        return false;
    memcpy(label, path + 1, strlen(path));
    return true;
}

int main(void)
{
    static char line[3 * PATH_MAX];
    static char first[3 * PATH_MAX];
    static char second[3 * PATH_MAX];
    char label[PATH_MAX];
    char path[PATH_MAX];
    unsigned family = 0;
    unsigned type = 0;
    bool good = true;
    while (good && fgets(line, sizeof(line), stdin)) {
        if (sscanf(line, "# %12287s %u %u", second, &family, &type) == 3) {
            good = decode_label(second, label, sizeof(label)) && answer_network(label, family, type);
            continue;
        }
        good = sscanf(line, "%12287s %12287s", first, second) == 2;
        if (good && strcmp(first, "@") == 0) {
            good = load(second);
            if (!good)
                (void)printf("%s: %s\n", second, strerror(errno));
        } else if (good) {
            good = decode_label(first, label, sizeof(label)) && aa_case_decode(second, path, sizeof(path)) &&
                   answer(label, path);
        }
    }
    return good ? 0 : 2;
}
