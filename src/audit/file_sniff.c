#include "audit/file_sniff.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SNIFFED_BYTES = 4096, UNNAMED_BYTES_MAX = 8 << 20, WORDS_WITHIN = 1 << 20 };

static const char *const endings[] = {".yaml", ".yml", ".json", ".toml", ".conf", ".dockerfile", ".containerfile"};
/* A whole name, or one with an ending of its own: Dockerfile.web. */
static const char *const names[] = {"Dockerfile", "Containerfile"};
/* Programs and prose speak of configuration and are none. */
static const char *const other_endings[] = {
    ".adoc", ".bash", ".c",  ".cc",  ".cpp", ".cs",  ".css", ".csv", ".go",  ".h",   ".hpp", ".html", ".java", ".js",  ".jsx", ".kt",
    ".lua",  ".md",   ".ml", ".php", ".pl",  ".py",  ".rb",  ".rs",  ".rst", ".scala", ".sh", ".sql", ".svg", ".swift", ".tf", ".ts",
    ".tsx",  ".xml",
};
static const char *const words[] = {"apiVersion:", "\"apiVersion\"", "\nservices:", "\"HostConfig\"", "\"ociVersion\"", "\nlxc."};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool has_ending(const char *name, const char *const *table, size_t count)
{
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < count; i++)
        if (strcasecmp(dot, table[i]) == 0)
            return true;
    return false;
}

static bool is_named_like_other(const char *path)
{
    return has_ending(base_name(path), other_endings, ARRAY_COUNT(other_endings));
}

static bool is_named_like_configuration(const char *path)
{
    const char *name = base_name(path);
    if (has_ending(name, endings, ARRAY_COUNT(endings)))
        return true;
    for (size_t i = 0; i < ARRAY_COUNT(names) && !is_named_like_other(path); i++) {
        size_t length = strlen(names[i]);
        if (strncasecmp(name, names[i], length) == 0 && (name[length] == '\0' || name[length] == '.'))
            return true;
    }
    return false;
}

const char *file_sniff(const char *path)
{
    char bytes[SNIFFED_BYTES];
    struct stat status;
    if (is_named_like_configuration(path))
        return NULL;
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &status) < 0)
        return NULL;
    if (status.st_size > UNNAMED_BYTES_MAX)
        return "more than 8 MiB, and not named like configuration";
    ssize_t length = read(fd, bytes, sizeof(bytes));
    return length > 0 && memchr(bytes, '\0', (size_t)length) ? "binary" : NULL;
}

bool file_reads_audited(const struct source *source)
{
    size_t length = source->bytes.length < WORDS_WITHIN ? source->bytes.length : WORDS_WITHIN;
    if (is_named_like_other(source->path))
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(words); i++)
        if (length > 0 && memmem(source->bytes.data, length, words[i], strlen(words[i])))
            return true;
    return false;
}

bool file_looks_audited(const struct source *source)
{
    return is_named_like_configuration(source->path) || file_reads_audited(source);
}
