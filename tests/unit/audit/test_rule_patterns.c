/* No pattern of the built-in rules can be made to run away by what a file says. */
#include <criterion/criterion.h>
#include <string.h>
#include <time.h>

#include "audit/pattern.h"
#include "audit/rule.h"

/* The beginnings of what patterns look for, over and over: what backtracking is slowest on. */
static const char *const units[] = {
    "a", " ", "\n", "a\n", "x|", "a=", "/", "curl ", "curl x |", "bash -c \"", "eval $(", "nc -e ", "AKIA", "-----BEGIN ",
    "echo aGVsbG8= | base64 -d ", "wget http://x -O- ; ", "python -c 'import socket ", "chmod +x /tmp/a; ./",
    "0123456789abcdef", "user:pw@", "apt-get install ", "--build-arg ", "password=", "stratum+",
};

static char *repeat(struct arena *arena, const char *unit)
{
    size_t length = strlen(unit);
    size_t count = PATTERN_TEXT_MAX / length + 2;
    char *text = arena_alloc(arena, count * length + 1);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * length, unit, length);
    return text;
}

static void put_texts(struct arena *arena, struct node *map, const char *text, const char *const *keys)
{
    for (; *keys; keys++)
        node_put(arena, map, *keys, node_new_text(arena, text, NULL));
}

static void put_item(struct arena *arena, struct node *facts, const char *key, struct node *item)
{
    struct node *list = node_new_list(arena, NULL);
    node_append(list, item);
    node_put(arena, facts, key, list);
}

/* Facts in which every text that a pattern may be held against is this one. */
static const struct node *facts_of(struct arena *arena, const char *text)
{
    static const char *const plain[] = {"name", "command", "kind", "runtime", NULL};
    static const char *const image[] = {"reference", "registry", "repository", "tag", "digest", NULL};
    static const char *const pair[] = {"name", "value", "source", "target", "text", NULL};
    struct node *facts = node_new_map(arena, NULL);
    struct node *image_fact = node_new_map(arena, NULL);
    static const char *const lists[] = {"environment", "mounts", "adds", "host_paths", "sysctls"};
    static const char *const words[] = {"RUN", "ENV", "ARG", "ADD", "COPY"};
    put_texts(arena, facts, text, plain);
    put_texts(arena, image_fact, text, image);
    node_put(arena, facts, "image", image_fact);
    put_item(arena, facts, "commands", node_new_text(arena, text, NULL));
    for (size_t i = 0; i < ARRAY_COUNT(lists); i++) {
        struct node *item = node_new_map(arena, NULL);
        put_texts(arena, item, text, pair);
        put_item(arena, facts, lists[i], item);
    }
    struct node *instructions = node_new_list(arena, NULL);
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        struct node *item = node_new_map(arena, NULL);
        node_put(arena, item, "name", node_new_text(arena, words[i], NULL));
        node_put(arena, item, "text", node_new_text(arena, text, NULL));
        node_append(instructions, item);
    }
    node_put(arena, facts, "instructions", instructions);
    return facts;
}

static double seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* They take hundredths of a second; one that runs away takes minutes. */
Test(rule_patterns, take_bounded_time, .timeout = 250)
{
    AUTO(rule_set_free_cleanup) struct rule_set *set = rule_set_new();
    struct err err = ERR_INIT;
    cr_assert_eq(rule_set_add_built_in(set, &err), 0, "%s", err.sentence);
    for (size_t i = 0; i < ARRAY_COUNT(units); i++) {
        AUTO(arena_free_cleanup) struct arena *arena = arena_new();
        const struct node *facts = facts_of(arena, repeat(arena, units[i]));
        for (size_t j = 0; j < rule_set_count(set); j++) {
            const struct rule *rule = rule_set_get(set, j);
            double before = seconds();
            if (rule->when)
                (void)condition_evaluate(rule->when, facts, NULL, 0);
            cr_expect_lt(seconds() - before, 3, "%s takes %.1f s on \"%s\" repeated", rule->info.id, seconds() - before, units[i]);
        }
    }
}

/* The seams of the windows are anywhere in what is looked for. */
Test(rule_patterns, padding_hides_nothing)
{
    static const char words[] = "curl example.com";
    const size_t step = PATTERN_WINDOW - PATTERN_OVERLAP;
    const size_t before[] = {0, 1, step - 8, step, PATTERN_WINDOW - 8, PATTERN_WINDOW, 2 * step - 3, PATTERN_TEXT_MAX - 16};
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    const struct node *text = node_new_text(arena, "\\bcurl example\\.com\\b", NULL);
    struct pattern *pattern = pattern_new(text, "test", arena);
    char *padded = arena_alloc(arena, PATTERN_TEXT_MAX + PATTERN_WINDOW);
    for (size_t i = 0; i < ARRAY_COUNT(before); i++) {
        memset(padded, ' ', PATTERN_TEXT_MAX + PATTERN_WINDOW);
        memcpy(padded + before[i], words, sizeof(words) - 1);
        cr_expect(pattern_matches(pattern, padded, PATTERN_TEXT_MAX + PATTERN_WINDOW), "behind %zu bytes", before[i]);
        cr_expect(pattern_matches(pattern, padded, before[i] + sizeof(words) - 1), "at the end of %zu bytes", before[i]);
    }
    pattern_done(pattern);
}

/* A line does not begin, nor end, where a window does. */
Test(rule_patterns, windows_are_no_lines)
{
    AUTO(arena_free_cleanup) struct arena *arena = arena_new();
    struct pattern *begins = pattern_new(node_new_text(arena, "^b", NULL), "test", arena);
    struct pattern *ends = pattern_new(node_new_text(arena, "a$", NULL), "test", arena);
    char *text = arena_alloc(arena, PATTERN_TEXT_MAX);
    memset(text, 'b', PATTERN_TEXT_MAX);
    text[0] = 'a';
    cr_expect_not(pattern_matches(begins, text, PATTERN_TEXT_MAX));
    memset(text, 'a', PATTERN_TEXT_MAX);
    text[PATTERN_TEXT_MAX - 1] = 'b';
    cr_expect_not(pattern_matches(ends, text, PATTERN_TEXT_MAX));
    pattern_done(begins);
    pattern_done(ends);
}
