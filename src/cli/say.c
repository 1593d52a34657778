#include "cli/command.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

/* Escapes what could move a cursor; a backslash stays, because callers may have escaped already. */
static void add_harmless(struct buf *out, const char *text)
{
    for (size_t rest = strlen(text); rest > 0;) {
        size_t step = text_utf8_length(text, rest);
        if (step == 0)
            step = 1;
        if (*text == '\\')
            buf_add_char(out, '\\');
        else
            text_escape(out, text, step);
        text += step;
        rest -= step;
    }
}

/* One write, so that lines of several processes do not mix. */
static void say(const char *prefix, const char *sentence)
{
    AUTO_BUF struct buf line = BUF_INIT;
    buf_add_text(&line, prefix);
    add_harmless(&line, sentence);
    buf_add_char(&line, '\n');
    (void)fwrite(line.data, 1, line.length, stderr);
    (void)fflush(stderr);
}

static char *format_sentence(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));

static char *format_sentence(const char *format, va_list arguments)
{
    char *sentence = NULL;
    if (vasprintf(&sentence, format, arguments) < 0)
        abort();
    return sentence;
}

void say_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AUTO_FREE char *sentence = format_sentence(format, arguments);
    va_end(arguments);
    say(say_in_color(stderr) ? "\033[1;31mprofgen:\033[0m " : "profgen: ", sentence);
}

void say_note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    AUTO_FREE char *sentence = format_sentence(format, arguments);
    va_end(arguments);
    say("profgen: ", sentence);
}

int say_failure(const struct err *err, int status)
{
    say_error("%s", err->sentence[0] ? err->sentence : strerror(-err->code));
    return status;
}

bool say_in_color(FILE *stream)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");
    return isatty(fileno(stream)) && !(no_color && no_color[0]) && term && strcmp(term, "dumb") != 0;
}

unsigned say_width(FILE *stream)
{
    struct winsize size;
    if (ioctl(fileno(stream), TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
        return 80;
    return size.ws_col;
}
