#include "cli/help.h"

#include <string.h>

#include "base/buf.h"
#include "base/wrap.h"

enum { WIDTH_LEAST = 40, WIDTH_MOST = 100, COLUMN_MOST = 32 };

struct page {
    FILE *out;
    bool bold;
    size_t width;
};

static struct page page_init(FILE *out)
{
    size_t width = say_width(out);
    width = width < WIDTH_LEAST ? WIDTH_LEAST : width > WIDTH_MOST ? WIDTH_MOST : width;
    return (struct page){.out = out, .bold = say_in_color(out), .width = width};
}

static void heading(const struct page *page, const char *title)
{
    fprintf(page->out, page->bold ? "\033[1m%s\033[0m" : "%s", title);
}

/* ---- rows of a name and what it means ------------------------------------------------------ */

static void meaning(const struct page *page, const char *name, const char *text, size_t column)
{
    fprintf(page->out, "%s", name);
    size_t at = strlen(name);
    if (at + 2 > column) {
        putc('\n', page->out);
        at = 0;
    }
    fprintf(page->out, "%*s", (int)(column - at), "");
    wrap_words(page->out, text, strlen(text), column, column, page->width);
    putc('\n', page->out);
}

static void add_option_name(struct buf *name, const struct option_row *row)
{
    if (row->letter)
        buf_printf(name, "  -%c, --%s", row->letter, row->name);
    else
        buf_printf(name, "      --%s", row->name);
    if (row->value == VALUE_REQUIRED)
        buf_printf(name, " %s", row->placeholder);
    if (row->value == VALUE_OPTIONAL)
        buf_printf(name, "[=%s]", row->placeholder);
}

static void add_choices(struct buf *text, const char *const *choices)
{
    for (const char *const *choice = choices; *choice; choice++)
        buf_printf(text, "%s%s", choice == choices ? " (" : ", ", *choice);
    buf_add_char(text, ')');
}

static void print_option(const struct page *page, const struct option_row *row, size_t column)
{
    AUTO_BUF struct buf name = BUF_INIT;
    AUTO_BUF struct buf text = BUF_INIT;
    add_option_name(&name, row);
    buf_add_text(&text, row->help);
    if (row->complete == COMPLETE_CHOICES)
        add_choices(&text, row->choices);
    meaning(page, buf_text(&name), buf_text(&text), column);
}

const struct option_row help_option = {
    .id = 1, .letter = 'h', .name = "help", .help = "Print this help and exit"};

static size_t option_column(const struct option_row *rows)
{
    size_t column = strlen("  -h, --help") + 2;
    size_t most = COLUMN_MOST;
    for (const struct option_row *row = rows; row->id; row++) {
        AUTO_BUF struct buf name = BUF_INIT;
        add_option_name(&name, row);
        if (name.length + 2 > column && name.length + 2 <= most)
            column = name.length + 2;
    }
    return column;
}

static void print_options(const struct page *page, const struct option_row *rows)
{
    size_t column = option_column(rows);
    heading(page, "Options:\n");
    for (const struct option_row *row = rows; row->id; row++)
        print_option(page, row, column);
    print_option(page, &help_option, column);
}

/* ---- the pages ------------------------------------------------------------------------------- */

static void print_usage(const struct page *page, const struct command *command)
{
    static const char title[] = "Usage:";
    AUTO_BUF struct buf name = BUF_INIT;
    buf_add_text(&name, " profgen ");
    if (command != &command_profgen)
        buf_printf(&name, "%s ", command->name);
    size_t column = strlen(title) + name.length;
    /* A synopsis of several lines has one form a line. */
    for (const char *form = command->synopsis; *form;) {
        if (form == command->synopsis)
            heading(page, title);
        fprintf(page->out, "%*s", form == command->synopsis ? 0 : (int)strlen(title), "");
        fputs(buf_text(&name), page->out);
        size_t length = strcspn(form, "\n");
        wrap_words(page->out, form, length, column, column, page->width);
        putc('\n', page->out);
        form += length + (form[length] == '\n');
    }
}

static void print_commands(const struct page *page)
{
    size_t column = 0;
    for (const struct command *const *command = commands; *command; command++)
        if (strlen((*command)->name) + 4 > column)
            column = strlen((*command)->name) + 4;
    heading(page, "Commands:\n");
    for (const struct command *const *command = commands; *command; command++) {
        AUTO_BUF struct buf name = BUF_INIT;
        buf_printf(&name, "  %s", (*command)->name);
        meaning(page, buf_text(&name), (*command)->summary, column);
    }
}

void help_print(const struct command *command, FILE *out)
{
    struct page page = page_init(out);
    print_usage(&page, command);
    putc('\n', out);
    wrap_paragraphs(out, command->description, page.width);
    putc('\n', out);
    if (command == &command_profgen) {
        print_commands(&page);
        putc('\n', out);
    }
    print_options(&page, command->options);
    if (!command->examples)
        return;
    putc('\n', out);
    heading(&page, "Examples:\n");
    for (const char *line = command->examples; *line;) {
        size_t length = strcspn(line, "\n");
        fprintf(out, "  %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
}

void help_quick_start(FILE *out)
{
    struct page page = page_init(out);
    print_usage(&page, &command_profgen);
    fprintf(out, "\nRecord a program, then write its profiles:\n"
                 "  profgen trace -- ./app\n"
                 "  profgen emit --seccomp --apparmor\n\n"
                 "Find what breaks isolation in what is deployed:\n"
                 "  profgen audit deploy/\n\n"
                 "See profgen --help for all commands.\n");
}

/* ---- profgen help [COMMAND] -------------------------------------------------------------------- */

static int run_help(const struct command *self, int argc, char **argv)
{
    struct option_walk walk;
    option_walk_init(&walk, self, argc, argv);
    int option = option_next(&walk);
    if (option != OPTION_END)
        return option == OPTION_HELP ? STATUS_CLEAN : STATUS_FAILED;
    if (walk.operand_count > 1) {
        say_error("help explains one command at a time: profgen help COMMAND");
        return STATUS_FAILED;
    }
    const struct command *topic = walk.operand_count ? command_find(walk.operands[0]) : &command_profgen;
    if (!topic)
        return STATUS_FAILED;
    help_print(topic, stdout);
    return STATUS_CLEAN;
}

static const struct option_row help_options[] = {{0}};

const struct command command_help = {
    .name = "help",
    .synopsis = "[COMMAND]",
    .summary = "Explain a command",
    .description = "Prints what COMMAND does and its options; without COMMAND, the list of commands.",
    .examples = "profgen help completions",
    .options = help_options,
    .operands = COMPLETE_TOPIC,
    .run = run_help,
};
