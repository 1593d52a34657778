#include <criterion/criterion.h>
#include <stdarg.h>

#include "base/mem.h"
#include "cli/nearest.c"
#include "cli/option_walk.c"

/* What the walk says is kept here instead of printed. */
static char said[512];
static const struct command *helped;

void say_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(said, sizeof(said), format, arguments);
    va_end(arguments);
}

void help_print(const struct command *command, FILE *out)
{
    (void)out;
    helped = command;
}

const struct command command_profgen = {.name = "profgen", .synopsis = ""};

static const struct option_row rows[] = {
    {.id = 1, .letter = 'o', .name = "output", .value = VALUE_REQUIRED, .placeholder = "FILE"},
    {.id = 2, .letter = 's', .name = "seccomp", .value = VALUE_OPTIONAL, .placeholder = "FILE"},
    {.id = 3, .letter = 'f', .name = "force"},
    {.id = 4, .name = "format", .value = VALUE_REQUIRED, .placeholder = "NAME"},
    /* An id that is also a letter must not be taken for it. */
    {.id = 'f', .name = "other"},
    {0},
};
static const struct command emit = {.name = "emit", .synopsis = "[OPTIONS] REC...", .options = rows};
static const struct command trace = {.name = "trace", .synopsis = "[OPTIONS] -- CMD...", .options = rows};

/* Walks the words of line and writes what came out: "ID", "ID=VALUE", then "| OPERAND..." or "--| ...". */
static char *walk_line(const struct command *command, const char *line)
{
    AUTO_FREE char *words = mem_strdup(line);
    char *argv[32] = {0};
    int argc = 0;
    for (char *rest = words, *word; (word = strsep(&rest, " "));)
        argv[argc++] = word;
    AUTO_BUF struct buf out = BUF_INIT;
    struct option_walk walk;
    option_walk_init(&walk, command, argc, argv);
    said[0] = '\0';
    helped = NULL;
    int id;
    while ((id = option_next(&walk)) > 0)
        buf_printf(&out, walk.value ? "%d=%s " : "%d ", id, walk.value);
    if (id == OPTION_END)
        buf_add_text(&out, walk.had_separator ? "--|" : "|");
    else
        buf_add_text(&out, id == OPTION_BAD ? "BAD" : "HELP");
    for (int i = 0; i < walk.operand_count; i++)
        buf_printf(&out, " %s", walk.operands[i]);
    return buf_take(&out);
}

Test(option_walk, good_lines)
{
    static const struct {
        const struct command *command;
        const char *line;
        const char *expect;
    } lines[] = {
        {&emit, "emit", "|"},
        {&emit, "emit -o f a b", "1=f | a b"},
        {&emit, "emit -of --output=g --output h", "1=f 1=g 1=h |"},
        {&emit, "emit -s a", "2 | a"},
        {&emit, "emit -sf --seccomp=g --seccomp h", "2=f 2=g 2 | h"},
        {&emit, "emit -fo x --other", "3 1=x 102 |"},
        {&emit, "emit --out x --fo", "1=x BAD"}, /* --force, --format */
        {&emit, "emit --out x --forc", "1=x 3 |"},
        /* Options may follow operands, but not a separator. */
        {&emit, "emit a -f b", "3 | a b"},
        {&emit, "emit a -- -f b", "--| a -f b"},
        {&emit, "emit -", "| -"},
        /* A separator that is a value separates nothing. */
        {&emit, "emit -o --", "1=-- |"},
        {&emit, "emit -o -- a", "1=-- | a"},
        {&emit, "emit -o -- -- a", "1=-- --| a"},
        /* What runs a program leaves that its options. */
        {&trace, "trace -f -- ls -f", "3 --| ls -f"},
        {&trace, "trace -f ls -f", "3 | ls -f"},
        {&trace, "trace ls -- -f", "| ls -- -f"},
        {&trace, "trace --", "--|"},
        {&emit, "emit -f --help -x", "3 HELP"},
        {&emit, "emit -h", "HELP"},
        {&trace, "trace -- ls --help", "--| ls --help"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(lines); i++) {
        AUTO_FREE char *got = walk_line(lines[i].command, lines[i].line);
        cr_expect_str_eq(got, lines[i].expect, "%s: got %s", lines[i].line, got);
        cr_expect_eq(helped, strstr(lines[i].expect, "HELP") ? lines[i].command : NULL, "%s", lines[i].line);
    }
}

Test(option_walk, bad_lines)
{
    static const struct {
        const char *line;
        const char *sentence;
    } lines[] = {
        {"emit --outptu x", "emit has no option --outptu; did you mean --output?"},
        {"emit --outptu=x", "emit has no option --outptu; did you mean --output?"},
        {"emit a --hlep", "emit has no option --hlep; did you mean --help?"},
        {"emit --zzzzzz", "emit has no option --zzzzzz; see profgen emit --help"},
        {"emit -xf", "emit has no option -x; see profgen emit --help"},
        {"emit --fo", "--fo could mean any of these options of emit: --force, --format"},
        {"emit -o", "the option --output of emit needs a value: --output FILE"},
        {"emit --format", "the option --format of emit needs a value: --format NAME"},
        {"emit --force=yes", "the option --force of emit takes no value"},
        {"emit --help=yes", "the option --help of emit takes no value"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(lines); i++) {
        AUTO_FREE char *got = walk_line(&emit, lines[i].line);
        cr_expect_str_eq(got, "BAD", "%s: got %s", lines[i].line, got);
        cr_expect_str_eq(said, lines[i].sentence, "%s: said %s", lines[i].line, said);
    }
}
