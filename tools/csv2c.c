/*
 * Turns the knowledge files (CSV under profiles/) into C tables, at build time.
 *
 *   csv2c OUTPUT.c OUTPUT.h FILE.csv…
 *
 * FILE.csv becomes `extern const struct data_FILE data_FILE[]` and `data_FILE_count`. Lines that
 * start with # are comments; the first other line names the columns. A column called NAME:int is an
 * int (-1 where the cell is empty), every other one a const char * ("" where empty). Cells may be
 * quoted as RFC 4180 says, without line breaks. Anything irregular stops the build with its line.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMN_MAX = 32, LINE_MAX_BYTES = 1 << 16 };

struct source {
    const char *path;
    char name[64];
    unsigned line;
    size_t column_count;
    char columns[COLUMN_MAX][64];
    bool is_int[COLUMN_MAX];
};

static void die(const struct source *source, const char *why)
{
    (void)fprintf(stderr, "%s:%u: %s\n", source->path, source->line, why);
    exit(1);
}

/* Splits a line in place; returns the number of cells. */
static size_t split_cells(const struct source *source, char *line, char *cells[COLUMN_MAX])
{
    size_t count = 0;
    char *in = line;
    for (;;) {
        if (count == COLUMN_MAX)
            die(source, "too many cells");
        char *out = in;
        cells[count++] = out;
        bool quoted = *in == '"';
        if (quoted)
            in++;
        while (*in && (quoted || *in != ',')) {
            if (quoted && in[0] == '"' && in[1] != '"') {
                in++;
                quoted = false;
                continue;
            }
            if (quoted && in[0] == '"')
                in++;
            *out++ = *in++;
        }
        if (quoted)
            die(source, "a quoted cell has no end");
        bool last = *in == '\0';
        *out = '\0';
        if (last)
            return count;
        in++;
    }
}

static void read_header(struct source *source, char *line)
{
    char *cells[COLUMN_MAX];
    source->column_count = split_cells(source, line, cells);
    for (size_t i = 0; i < source->column_count; i++) {
        char *type = strchr(cells[i], ':');
        if (type && strcmp(type, ":int") != 0)
            die(source, "a column type can only be :int");
        if (type)
            *type = '\0';
        source->is_int[i] = type != NULL;
        if (strlen(cells[i]) >= sizeof(source->columns[i]) || !isalpha((unsigned char)cells[i][0]))
            die(source, "bad column name");
        (void)snprintf(source->columns[i], sizeof(source->columns[i]), "%s", cells[i]);
    }
}

static void write_struct(const struct source *source, FILE *header)
{
    (void)fprintf(header, "\n/* %s.csv */\nstruct data_%s {\n", source->name, source->name);
    for (size_t i = 0; i < source->column_count; i++)
        (void)fprintf(header, "    %s%s;\n", source->is_int[i] ? "int " : "const char *", source->columns[i]);
    (void)fprintf(header, "};\nextern const struct data_%s data_%s[];\nextern const size_t data_%s_count;\n",
                  source->name, source->name, source->name);
}

static void write_string(FILE *out, const char *text)
{
    (void)fputc('"', out);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\' || c == '?')
            (void)fprintf(out, "\\%c", c);
        else if (c < 0x20 || c >= 0x7f)
            (void)fprintf(out, "\\%03o", c);
        else
            (void)fputc(c, out);
    }
    (void)fputc('"', out);
}

static void write_row(const struct source *source, char *line, FILE *out)
{
    char *cells[COLUMN_MAX];
    if (split_cells(source, line, cells) != source->column_count)
        die(source, "the row has not as many cells as the header");
    (void)fputs("    {", out);
    for (size_t i = 0; i < source->column_count; i++) {
        if (!source->is_int[i]) {
            write_string(out, cells[i]);
        } else {
            char *end = cells[i];
            long value = *end ? strtol(cells[i], &end, 10) : -1;
            if (*end)
                die(source, "not a number in an :int column");
            (void)fprintf(out, "%ld", value);
        }
        (void)fputs(i + 1 < source->column_count ? ", " : "},\n", out);
    }
}

static void convert(const char *path, FILE *out, FILE *header)
{
    static char line[LINE_MAX_BYTES];
    struct source source = {.path = path};
    const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    (void)snprintf(source.name, sizeof(source.name), "%.*s", (int)strcspn(base, "."), base);
    for (char *c = source.name; *c; c++)
        if (!isalnum((unsigned char)*c))
            *c = '_';
    FILE *in = fopen(path, "re");
    if (!in)
        die(&source, "cannot be opened");
    while (fgets(line, sizeof(line), in)) {
        source.line++;
        size_t length = strcspn(line, "\r\n");
        if (line[length] == '\0' && !feof(in))
            die(&source, "line too long");
        line[length] = '\0';
        if (line[0] == '#' || line[0] == '\0')
            continue;
        if (source.column_count == 0) {
            read_header(&source, line);
            write_struct(&source, header);
            (void)fprintf(out, "\nconst struct data_%s data_%s[] = {\n", source.name, source.name);
        } else {
            write_row(&source, line, out);
        }
    }
    if (source.column_count == 0)
        die(&source, "no header line");
    (void)fclose(in);
    (void)fprintf(out, "};\nconst size_t data_%s_count = sizeof(data_%s) / sizeof(data_%s[0]);\n", source.name,
                  source.name, source.name);
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        (void)fputs("usage: csv2c OUTPUT.c OUTPUT.h FILE.csv...\n", stderr);
        return 2;
    }
    FILE *out = fopen(argv[1], "we");
    FILE *header = fopen(argv[2], "we");
    if (!out || !header) {
        perror("csv2c");
        return 1;
    }
    (void)fputs("/* Made from profiles/ by tools/csv2c.c. */\n#include \"data.h\"\n", out);
    (void)fputs("/* Made from profiles/ by tools/csv2c.c. */\n#pragma once\n#include <stddef.h>\n", header);
    for (int i = 3; i < argc; i++)
        convert(argv[i], out, header);
    return fclose(out) || fclose(header) ? 1 : 0;
}
