/* Past AppArmor text without reading it: blocks whose condition does not hold, and statements that were not understood. */
#include <ctype.h>
#include <string.h>

#include "model/apparmor_reader.h"

/* Past a byte that means nothing more, an escape, a quoted word, a class or a comment. */
static void step(struct aa_reader *reader)
{
    char c = *reader->at++;
    char end = c == '"' ? '"' : c == '[' ? ']' : '\0';
    reader->line += c == '\n';
    if (c == '\\' && reader->at < reader->end && *reader->at != '\n')
        reader->at++;
    if (end == '\0')
        return;
    const char *at = reader->at;
    while (at < reader->end && *at != end && *at != '\n' && (c == '"' || !isspace((unsigned char)*at)))
        at += *at == '\\' && reader->end - at > 1 && at[1] != '\n' ? 2 : 1;
    if (at < reader->end && *at == end)
        reader->at = at + 1;
}

/* A number sign begins a comment only where a word could begin. */
static bool skip_comment(struct aa_reader *reader, char before)
{
    if (*reader->at != '#' || (!isspace((unsigned char)before) && !strchr(",{}", before)))
        return false;
    const char *stop = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
    reader->at = stop ? stop : reader->end;
    return true;
}

bool aa_reader_skip_block(struct aa_reader *reader)
{
    char before = '{';
    for (unsigned depth = 1; reader->at < reader->end;) {
        if (skip_comment(reader, before))
            continue;
        before = *reader->at;
        depth += before == '{';
        depth -= before == '}';
        step(reader);
        if (depth == 0)
            return true;
    }
    return false;
}

/* A brace of a pattern has something behind it; one that opens a block has not. */
static bool opens_block(const struct aa_reader *reader)
{
    const char *behind = reader->at + 1;
    return *reader->at == '{' && (behind == reader->end || isspace((unsigned char)*behind) || *behind == '#' || *behind == '}');
}

static bool ends_rule(const struct aa_reader *reader)
{
    const char *behind = reader->at + 1;
    return *reader->at == ',' && (behind == reader->end || isspace((unsigned char)*behind) || *behind == '#');
}

void aa_reader_skip_statement(struct aa_reader *reader)
{
    char before = ' ';
    unsigned open = 0;
    while (reader->at < reader->end) {
        char c = *reader->at;
        if (skip_comment(reader, before))
            continue;
        if (open == 0 && ends_rule(reader)) {
            reader->at++;
            return;
        }
        if (open == 0 && opens_block(reader)) {
            reader->at++;
            (void)aa_reader_skip_block(reader);
            return;
        }
        if (open == 0 && c == '}')
            return;
        open += c == '(' || c == '{';
        open -= (c == ')' || c == '}') && open > 0;
        before = c;
        step(reader);
    }
}
