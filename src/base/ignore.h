/*
 * Which files a walk leaves out: patterns as in .gitignore (gitignore(5)).
 *
 * A list holds the patterns of one directory; a file is left out when the last pattern that matches it, from the outermost
 * directory to its own, is not negated. Patterns are hostile too: those of more than 256 bytes, or of more than 8 stars in one
 * segment, match nothing.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct ignore_pattern {
    char **segments; /* of the pattern, "**" among them */
    size_t segment_count;
    bool negated, directories_only;
};

struct ignore_list {
    struct ignore_pattern *patterns;
    size_t count, capacity;
};

#define IGNORE_LIST_INIT ((struct ignore_list){0})
#define AUTO_IGNORE __attribute__((cleanup(ignore_list_done)))

void ignore_list_done(struct ignore_list *list);
/* One line of a .gitignore; comments and empty lines add nothing. */
void ignore_list_add(struct ignore_list *list, const char *line, size_t length);
/* All lines of a file's bytes. */
void ignore_list_add_lines(struct ignore_list *list, const char *bytes, size_t length);

enum ignore_verdict { IGNORE_SILENT, IGNORE_LEAVE_OUT, IGNORE_KEEP };
/* path is relative to the directory of the list, without a leading "./". */
enum ignore_verdict ignore_list_judge(const struct ignore_list *list, const char *path, bool is_directory);
/* The same for one pattern that is not kept: *.yaml, deploy/, /a/(double star)/b. */
bool ignore_matches(const char *pattern, const char *path, bool is_directory);
