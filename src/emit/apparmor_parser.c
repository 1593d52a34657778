#include "emit/apparmor_parser.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

static const char *const programs[] = {"/usr/sbin/apparmor_parser", "/sbin/apparmor_parser"};
/* Without a list of features the parser drops mount, signal, ptrace and network rules in silence. */
#define FEATURES "/etc/apparmor.d/abi/3.0"
enum { WORDS_MAX = 4096 };

static const char *find_program(void)
{
    for (size_t i = 0; i < ARRAY_COUNT(programs); i++)
        if (access(programs[i], X_OK) == 0)
            return programs[i];
    return NULL;
}

/* In the child, after fork: only what is safe there. */
static void execute(const char *program, int input, int output)
{
    char name[] = "apparmor_parser";
    char quiet[] = "-Q";
    char no_cache[] = "-K";
    char match[] = "-M";
    char path[] = FEATURES;
    char locale[] = "LC_ALL=C";
    char *const with_features[] = {name, quiet, no_cache, match, path, NULL};
    char *const without[] = {name, quiet, no_cache, NULL};
    char *const environment[] = {locale, NULL};
    int null = open("/dev/null", O_WRONLY);
    if (dup2(input, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0)
        _exit(127);
    (void)execve(program, access(FEATURES, R_OK) == 0 ? with_features : without, environment);
    _exit(127);
}

static int64_t milliseconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads what the child says until it closes its end; false when the time is up. */
static bool listen_to(int fd, struct buf *words)
{
    int64_t deadline = milliseconds() + APPARMOR_PARSER_SECONDS * 1000;
    for (;;) {
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        int64_t left = deadline - milliseconds();
        if (left <= 0)
            return false;
        int ready = poll(&poll_fd, 1, (int)left);
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return false;
        char chunk[512];
        ssize_t got = read(fd, chunk, sizeof(chunk));
        if (got <= 0)
            return true;
        if (words->length < WORDS_MAX)
            buf_add(words, chunk, (size_t)got);
    }
}

/* The first line that says what is wrong: warnings come before it. */
static void pick_sentence(const struct buf *words, char sentence[256])
{
    const char *text = buf_text(words);
    const char *wrong = strstr(text, "rror");
    while (wrong && wrong > text && wrong[-1] != '\n')
        wrong--;
    const char *line = wrong ? wrong : text;
    (void)snprintf(sentence, 256, "%.*s", (int)strcspn(line, "\n"), line);
}

static int judge(pid_t child, bool in_time, const struct buf *words, struct err *err)
{
    int status = 0;
    if (!in_time)
        (void)kill(child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (!in_time)
        return err_set(err, -ETIMEDOUT, "apparmor_parser did not finish with the profile in %d seconds",
                       APPARMOR_PARSER_SECONDS);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    char sentence[256];
    pick_sentence(words, sentence);
    return err_set(err, -EINVAL, "apparmor_parser refuses the profile: %s",
                   *sentence ? sentence : "it gives no reason");
}

int apparmor_parser_check(const char *text, size_t length, bool *ret_asked, struct err *err)
{
    const char *program = find_program();
    *ret_asked = program != NULL;
    if (!program)
        return 0;
    AUTO_CLOSE int input = memfd_create("profile", MFD_CLOEXEC);
    if (input < 0 || file_write_fd(input, text, length) < 0 || lseek(input, 0, SEEK_SET) < 0)
        return err_set(err, -errno, "cannot hand the profile to apparmor_parser: %s", strerror(errno));
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return err_set(err, -errno, "cannot make a pipe to apparmor_parser: %s", strerror(errno));
    AUTO_CLOSE int read_end = ends[0];
    pid_t child = fork();
    if (child == 0)
        execute(program, input, ends[1]);
    int fork_error = errno;
    (void)close(ends[1]);
    if (child < 0)
        return err_set(err, -fork_error, "cannot start apparmor_parser: %s", strerror(fork_error));
    AUTO_BUF struct buf words = BUF_INIT;
    bool in_time = listen_to(read_end, &words);
    return judge(child, in_time, &words, err);
}
