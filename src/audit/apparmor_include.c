#include "audit/apparmor_include.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/apparmor_text.h"
#include "audit/source.h"

enum { INCLUDE_BYTES_MAX = 1 << 20, DIRECTORY_FILES_MAX = 200, DIRECTORIES_UP = 2 };

static const char *past(const char *at, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(at, word, length) != 0)
        return NULL;
    return at + length + strspn(at + length, " \t");
}

bool apparmor_include_read(struct arena *arena, const char *statement, struct apparmor_include *ret)
{
    const char *at = past(statement, "include");
    at = at ? at : past(statement, "#include");
    if (!at)
        return false;
    const char *behind = past(at, "if ");
    behind = behind ? past(behind, "exists") : NULL;
    at = behind ? behind : at;
    bool wrapped = *at == '<' || *at == '"';
    at += wrapped;
    *ret = (struct apparmor_include){.name = arena_dup(arena, at, strcspn(at, wrapped ? ">\"" : " \t,")), .optional = behind};
    return ret->name[0] != '\0';
}

static bool stays_below(const char *name)
{
    if (name[0] == '/')
        return false;
    for (const char *at = name; at; at = strchr(at, '/')) {
        at += *at == '/';
        if (strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\0'))
            return false;
    }
    return true;
}

static bool load_file(struct arena *arena, const char *path, struct node *list)
{
    AUTO_SOURCE struct source source = SOURCE_INIT;
    struct err err = ERR_INIT;
    return source_load_named(&source, path, INCLUDE_BYTES_MAX, &err) == 0 &&
           apparmor_statements(arena, path, buf_text(&source.bytes), source.bytes.length, list, NULL, &err) == 0;
}

/* What packages and editors leave behind is not read, as apparmor_parser has it. */
static int is_part(const struct dirent *entry)
{
    static const char *const endings[] = {".dpkg-new", ".dpkg-old", ".dpkg-dist", ".dpkg-bak", ".rpmnew", ".rpmsave", ".orig", ".rej", "~"};
    size_t length = strlen(entry->d_name);
    for (size_t i = 0; i < ARRAY_COUNT(endings); i++)
        if (length >= strlen(endings[i]) && strcmp(entry->d_name + length - strlen(endings[i]), endings[i]) == 0)
            return 0;
    return entry->d_name[0] != '.';
}

static bool load_directory(struct arena *arena, const char *path, struct node *list)
{
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, is_part, alphasort);
    bool all = count >= 0 && count <= DIRECTORY_FILES_MAX;
    for (int i = 0; i < count; i++) {
        AUTO_FREE char *file = mem_printf("%s/%s", path, entries[i]->d_name);
        struct stat st;
        if (all && stat(file, &st) == 0 && S_ISREG(st.st_mode))
            all = load_file(arena, file, list);
        free(entries[i]);
    }
    free(entries);
    return all;
}

bool apparmor_include_load(struct arena *arena, const char *beside, const struct apparmor_include *include, struct node *list)
{
    const char *slash = strrchr(beside, '/');
    AUTO_BUF struct buf directory = BUF_INIT;
    if (strcmp(beside, "-") == 0 || !stays_below(include->name))
        return false;
    buf_add(&directory, slash ? beside : "./", slash ? (size_t)(slash + 1 - beside) : 2);
    for (int up = 0; up <= DIRECTORIES_UP; up++) {
        AUTO_FREE char *path = mem_printf("%s%s", buf_text(&directory), include->name);
        struct stat st;
        if (stat(path, &st) == 0)
            return S_ISDIR(st.st_mode) ? load_directory(arena, path, list) : load_file(arena, path, list);
        buf_add_text(&directory, "../");
    }
    return false;
}
