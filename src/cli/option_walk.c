#include "cli/command.h"

#include <assert.h>
#include <getopt.h>
#include <string.h>

#include "base/buf.h"
#include "cli/help.h"
#include "cli/nearest.h"

enum {
    OPTIONS_MAX = 64,
    LONG_BASE = 0x1000, /* above every letter, so that getopt's answer tells long from short */
    LONG_HELP = LONG_BASE + OPTIONS_MAX,
};

/* The option table as getopt_long wants it. getopt keeps no pointer to it between calls. */
struct getopt_table {
    struct option longs[OPTIONS_MAX + 2];
    char shorts[3 + 3 * OPTIONS_MAX + 2];
};

/* The order of enum option_value. */
static const int getopt_argument[] = {no_argument, required_argument, optional_argument};
static const char *const getopt_colons[] = {"", ":", "::"};

/* A command that has other people's options behind it must not take them for its own. Where "--" is one way of
 * two, "| --", what stands before it is the command's own. */
static bool stops_at_operand(const struct command *command)
{
    const char *separator = strstr(command->synopsis, "--");
    return separator && (separator - command->synopsis < 2 || separator[-2] != '|');
}

static void getopt_table_fill(struct getopt_table *table, const struct command *command)
{
    char *shorts = table->shorts;
    shorts = stpcpy(shorts, stops_at_operand(command) ? "+:" : ":");
    size_t count = 0;
    for (const struct option_row *row = command->options; row->id; row++, count++) {
        assert(count < OPTIONS_MAX);
        table->longs[count] =
            (struct option){row->name, getopt_argument[row->value], NULL, LONG_BASE + (int)count};
        if (row->letter) {
            *shorts++ = row->letter;
            shorts = stpcpy(shorts, getopt_colons[row->value]);
        }
    }
    table->longs[count] = (struct option){"help", no_argument, NULL, LONG_HELP};
    table->longs[count + 1] = (struct option){0};
    (void)stpcpy(shorts, "h");
}

static const struct option_row *row_of(const struct command *command, int answer)
{
    if (answer >= LONG_BASE)
        return &command->options[answer - LONG_BASE];
    for (const struct option_row *row = command->options; row->id; row++)
        if (row->letter == answer)
            return row;
    return NULL;
}

static const char *try_help(const struct command *command)
{
    return command == &command_profgen ? "" : command->name;
}

static void say_unknown_letter(const struct command *command, int letter)
{
    char word[2] = {(char)letter, '\0'};
    say_error("%s has no option -%s; see profgen%s%s --help", command->name, word,
              command == &command_profgen ? "" : " ", try_help(command));
}

/* Lists the long options that begin with word; returns how many. */
static size_t list_prefixed(const struct command *command, const char *word, struct buf *list)
{
    size_t count = 0;
    for (const struct option_row *row = command->options; row->id; row++)
        if (strncmp(row->name, word, strlen(word)) == 0)
            buf_printf(list, "%s--%s", count++ ? ", " : "", row->name);
    return count;
}

static void say_unknown_word(const struct command *command, const char *argument)
{
    AUTO_BUF struct buf word = BUF_INIT;
    const char *name = argument + 2;
    buf_add(&word, name, strcspn(name, "="));
    AUTO_BUF struct buf list = BUF_INIT;
    if (list_prefixed(command, buf_text(&word), &list) > 1) {
        say_error("--%s could mean any of these options of %s: %s", buf_text(&word), command->name,
                  buf_text(&list));
        return;
    }
    struct nearest nearest = nearest_init(buf_text(&word));
    nearest_offer(&nearest, "help");
    for (const struct option_row *row = command->options; row->id; row++)
        nearest_offer(&nearest, row->name);
    if (nearest.word)
        say_error("%s has no option --%s; did you mean --%s?", command->name, buf_text(&word), nearest.word);
    else
        say_error("%s has no option --%s; see profgen%s%s --help", command->name, buf_text(&word),
                  command == &command_profgen ? "" : " ", try_help(command));
}

static int say_bad_option(const struct command *command, int answer, const char *argument)
{
    const struct option_row *row = optopt && optopt != LONG_HELP ? row_of(command, optopt) : NULL;
    if (answer == ':' && row)
        say_error("the option --%s of %s needs a value: --%s %s", row->name, command->name, row->name,
                  row->placeholder);
    else if (row || optopt == LONG_HELP)
        say_error("the option --%s of %s takes no value", row ? row->name : "help", command->name);
    else if (optopt)
        say_unknown_letter(command, optopt);
    else
        say_unknown_word(command, argument);
    return OPTION_BAD;
}

static int end_of_options(struct option_walk *walk)
{
    const char *before = optind > 1 ? walk->argv[optind - 1] : "";
    /* A "--" that was the value of the last option separates nothing. */
    walk->had_separator = before != walk->value && strcmp(before, "--") == 0;
    walk->value = NULL;
    walk->operands = walk->argv + optind;
    walk->operand_count = walk->argc - optind;
    return OPTION_END;
}

void option_walk_init(struct option_walk *walk, const struct command *command, int argc, char **argv)
{
    *walk = (struct option_walk){.command = command, .argc = argc, .argv = argv};
    optind = 0; /* makes glibc's getopt start anew */
    opterr = 0;
}

int option_next(struct option_walk *walk)
{
    struct getopt_table table;
    getopt_table_fill(&table, walk->command);
    optarg = NULL;
    optopt = 0;
    int answer = getopt_long(walk->argc, walk->argv, table.shorts, table.longs, NULL);
    if (answer == -1)
        return end_of_options(walk);
    walk->value = optarg;
    if (answer == '?' || answer == ':')
        return say_bad_option(walk->command, answer, walk->argv[optind - 1]);
    const struct option_row *row = answer == LONG_HELP ? NULL : row_of(walk->command, answer);
    if (!row) {
        help_print(walk->command, stdout);
        return OPTION_HELP;
    }
    /* getopt gives -sFILE's value; who writes -s=FILE means the same. */
    if (answer < LONG_BASE && row->value == VALUE_OPTIONAL && walk->value && *walk->value == '=')
        walk->value++;
    return row->id;
}

const char *const option_text_json[] = {"text", "json", NULL};

int option_text_or_json(const struct option_walk *walk, bool *ret_json)
{
    bool json = strcmp(walk->value, "json") == 0;
    if (!json && strcmp(walk->value, "text") != 0) {
        say_error("%s has no format '%s', only text and json", walk->command->name, walk->value);
        return -1;
    }
    *ret_json = json;
    return 0;
}
