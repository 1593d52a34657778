#include "audit/dockerfile_stage.h"

#include <ctype.h>
#include <string.h>

#include "base/num.h"

static struct stage *current(struct build *build)
{
    return build->count ? &build->stages[build->count - 1] : NULL;
}

static struct variables *scope(struct build *build)
{
    struct stage *stage = current(build);
    return stage ? &stage->variables : &build->globals;
}

static const char *rest_of(const struct node *instruction)
{
    const char *rest = node_text_at(instruction, "rest");
    return rest ? rest : "";
}

/* The next word, from *at; NULL at the end. Quotes and escapes stay. */
static const char *next_word(struct build *build, const char **at)
{
    char quote = '\0';
    const char *start = *at + strspn(*at, " \t"), *c = start;
    for (; *c && (quote || (*c != ' ' && *c != '\t')); c++) {
        if (*c == build->expander.escape && c[1] && quote != '\'')
            c++;
        else if (quote)
            quote = *c == quote ? '\0' : quote;
        else if (*c == '"' || *c == '\'')
            quote = *c;
    }
    *at = c;
    return c > start ? arena_dup(build->arena, start, (size_t)(c - start)) : NULL;
}

static struct node *expanded(struct build *build, const struct variables *variables, const char *text,
                             const struct node *instruction)
{
    bool open = false;
    const char *result = variables_expand(&build->expander, variables, text, &open);
    struct node *node = node_new_text(build->arena, result, instruction);
    node->tag = open ? NODE_TAG_OPEN : NODE_TAG_NONE;
    return node;
}

struct node *build_text(struct build *build, const char *text, const struct node *instruction)
{
    return expanded(build, scope(build), text, instruction);
}

/* ---- FROM ------------------------------------------------------------------------------------------ */

static const struct stage *find_stage(const struct build *build, const char *name)
{
    uint64_t number;
    for (size_t i = build->count; i > 0; i--)
        if (build->stages[i - 1].name && strcasecmp(build->stages[i - 1].name, name) == 0)
            return &build->stages[i - 1];
    return build->count && num_parse_u64(name, build->count - 1, &number) ? &build->stages[number] : NULL;
}

static struct node *only_reference(struct build *build, const char *text, const struct node *where)
{
    struct node *image = node_new_map(build->arena, where);
    node_put(build->arena, image, "reference", node_new_text(build->arena, text, where));
    return image;
}

/* An image from outside, which is noted; of an earlier stage and of scratch there is only the name. */
static struct node *take_image(struct build *build, const struct node *reference)
{
    if (strcmp(reference->text, "scratch") == 0)
        return only_reference(build, reference->text, reference);
    node_append(build->base_images, facts_image(build->arena, reference));
    return facts_image(build->arena, reference);
}

static struct stage *add_stage(struct build *build)
{
    ARENA_GROW(build->arena, build->stages, build->count, build->capacity);
    build->stages[build->count] = (struct stage){0};
    return &build->stages[build->count++];
}

static void copy_variables(struct build *build, const struct variables *from, struct variables *to)
{
    for (size_t i = 0; i < from->count; i++)
        if (from->items[i].environment)
            variables_set(&build->expander, to, &from->items[i]);
}

static void inherit(struct build *build, const struct stage *base, struct stage *stage)
{
    stage->user = base->user;
    stage->user_at = base->user_at;
    stage->health = base->health;
    stage->health_at = base->health_at;
    for (const struct node *port = node_first(base->ports); port; port = port->next)
        node_append(stage->ports, node_copy(build->arena, port));
    copy_variables(build, &base->variables, &stage->variables);
}

static void take_from(struct build *build, const struct node *instruction)
{
    const char *at = rest_of(instruction);
    const char *image = next_word(build, &at), *as = next_word(build, &at), *name = next_word(build, &at);
    if (!image)
        return;
    if (build->count >= DOCKERFILE_STAGES_MAX) {
        build->collector->miss(build->collector, instruction, "there are more than %d stages", DOCKERFILE_STAGES_MAX);
        return;
    }
    struct node *reference = expanded(build, &build->globals, image, instruction);
    const struct stage *found = find_stage(build, reference->text);
    size_t base = found ? (size_t)(found - build->stages) : 0;
    struct node *facts = found ? only_reference(build, reference->text, instruction) : take_image(build, reference);
    struct stage *stage = add_stage(build);
    *stage = (struct stage){.from = instruction, .base = facts, .ports = node_new_list(build->arena, instruction)};
    stage->name = as && strcasecmp(as, "AS") == 0 ? name : NULL;
    if (found)
        inherit(build, &build->stages[base], stage);
}

/* ---- ARG, ENV --------------------------------------------------------------------------------------- */

static void note_variable(struct build *build, const char *name, struct node *value, const struct node *instruction)
{
    struct node *row = node_new_map(build->arena, instruction);
    node_put(build->arena, row, "name", node_new_text(build->arena, name, instruction));
    if (value)
        node_put(build->arena, row, "value", value);
    node_append(build->environment, row);
}

static void set_variable(struct build *build, const char *name, const struct node *value, bool environment)
{
    struct variable variable = {.name = name, .environment = environment};
    variable.value = value && value->tag != NODE_TAG_OPEN ? value->text : NULL;
    variables_set(&build->expander, scope(build), &variable);
}

static void take_arg(struct build *build, const struct node *instruction)
{
    const char *at = rest_of(instruction), *word;
    while ((word = next_word(build, &at))) {
        const char *equals = strchr(word, '=');
        const char *name = equals ? arena_dup(build->arena, word, (size_t)(equals - word)) : word;
        struct node *value = equals ? build_text(build, equals + 1, instruction) : NULL;
        note_variable(build, name, value, instruction);
        const struct variable *global =
            equals || !build->count ? NULL : variables_find(&build->expander, &build->globals, name);
        if (global && global->value)
            value = node_new_text(build->arena, global->value, instruction);
        set_variable(build, name, value, false);
    }
}

/* Variables get their values when the whole instruction has been read: it sees those from before. */
static void set_noted(struct build *build, const struct node *before)
{
    const struct node *row = before ? before->next : build->environment->first;
    for (; row; row = row->next)
        set_variable(build, node_text_at(row, "name"), node_get(row, "value"), true);
}

/* "NAME=value …", or of old "NAME all of the rest". */
static void take_env(struct build *build, const struct node *instruction)
{
    const struct node *before = build->environment->last;
    const char *at = rest_of(instruction), *word = next_word(build, &at);
    if (word && !strchr(word, '=')) {
        note_variable(build, word, build_text(build, at + strspn(at, " \t"), instruction), instruction);
        word = NULL;
    }
    for (; word; word = next_word(build, &at)) {
        const char *equals = strchr(word, '=');
        if (equals)
            note_variable(build, arena_dup(build->arena, word, (size_t)(equals - word)),
                          build_text(build, equals + 1, instruction), instruction);
    }
    set_noted(build, before);
}

/* ---- USER, EXPOSE, HEALTHCHECK ------------------------------------------------------------------------ */

static void put_id(struct build *build, struct node *user, const char *name, const struct node *where)
{
    uint64_t id = 0;
    if (strcmp(name, "root") == 0 || num_parse_u64(name, UINT32_MAX, &id))
        node_put(build->arena, user, "id", node_new_int(build->arena, (int64_t)id, where));
}

static void take_user(struct build *build, const struct node *instruction)
{
    struct stage *stage = current(build);
    if (!stage || rest_of(instruction)[0] == '\0')
        return;
    struct node *whole = build_text(build, rest_of(instruction), instruction);
    const char *colon = whole->tag == NODE_TAG_OPEN ? NULL : strchr(whole->text, ':');
    const char *text = colon ? arena_dup(build->arena, whole->text, (size_t)(colon - whole->text)) : whole->text;
    struct node *user = node_new_map(build->arena, instruction), *name = node_new_text(build->arena, text, instruction);
    name->tag = whole->tag;
    put_id(build, user, text, instruction);
    node_put(build->arena, user, "name", name);
    if (colon)
        node_put(build->arena, user, "group", node_new_text(build->arena, colon + 1, instruction));
    stage->user = user;
    stage->user_at = instruction;
}

static void add_port(struct build *build, uint64_t number, const char *protocol, const struct node *where)
{
    if (current(build)->ports->count >= DOCKERFILE_PORTS_MAX)
        return;
    struct node *port = node_new_map(build->arena, where);
    node_put(build->arena, port, "container", node_new_int(build->arena, (int64_t)number, where));
    node_put(build->arena, port, "protocol", node_new_text(build->arena, protocol, where));
    node_append(current(build)->ports, port);
}

/* "80", "8000-8010/udp"; of a range of more than 64 the first 63 and the last. */
static void add_ports(struct build *build, const char *text, const struct node *where)
{
    const char *slash = strchr(text, '/');
    const char *numbers = slash ? arena_dup(build->arena, text, (size_t)(slash - text)) : text;
    const char *dash = strchr(numbers, '-');
    const char *low = dash ? arena_dup(build->arena, numbers, (size_t)(dash - numbers)) : numbers;
    uint64_t first = 0, last = 0;
    if (!num_parse_u64(low, 65535, &first) || !num_parse_u64(dash ? dash + 1 : low, 65535, &last))
        return;
    for (uint64_t port = first, done = 0; port <= last; port++, done++) {
        if (done == 63)
            port = last;
        add_port(build, port, slash ? slash + 1 : "tcp", where);
    }
}

static void take_expose(struct build *build, const struct node *instruction)
{
    const char *at = rest_of(instruction), *word;
    while (current(build) && (word = next_word(build, &at))) {
        const struct node *text = build_text(build, word, instruction);
        const char *inner = text->text, *one; /* a variable may hold several */
        while (text->tag != NODE_TAG_OPEN && (one = next_word(build, &inner)))
            add_ports(build, one, instruction);
    }
}

static void take_health(struct build *build, const struct node *instruction)
{
    struct stage *stage = current(build);
    if (!stage)
        return;
    stage->health = strcasecmp(rest_of(instruction), "NONE") == 0 ? "disabled" : "present";
    stage->health_at = instruction;
}

/* ---- RUN, ADD, COPY ----------------------------------------------------------------------------------- */

/* The shell's text with its here-documents: they are often the script itself. */
static void note_command(struct build *build, const struct node *instruction)
{
    AUTO_BUF struct buf text = BUF_INIT;
    const struct node *words = node_get(instruction, "words");
    const struct node *joined = words ? facts_command(build->arena, words, NULL) : NULL;
    buf_add_text(&text, joined ? joined->text : rest_of(instruction));
    for (const struct node *one = node_first(node_get(instruction, "documents")); one; one = one->next) {
        buf_add_char(&text, '\n');
        buf_add_text(&text, node_text_at(one, "text"));
    }
    node_append(build->commands, node_new_text(build->arena, buf_text(&text), instruction));
}

/* An image named by --from, unless it is a stage. */
static void note_from(struct build *build, const char *name, const struct node *instruction)
{
    struct node *reference = build_text(build, name, instruction);
    if (!find_stage(build, reference->text))
        (void)take_image(build, reference);
}

/* "type=bind,from=image,…" */
static void note_mount(struct build *build, const char *mount, const struct node *instruction)
{
    while (*mount) {
        size_t length = strcspn(mount, ",");
        if (length > 5 && memcmp(mount, "from=", 5) == 0)
            note_from(build, arena_dup(build->arena, mount + 5, length - 5), instruction);
        mount += length + (mount[length] == ',');
    }
}

static void note_flags(struct build *build, const struct node *instruction)
{
    const struct node *flags = node_get(instruction, "flags");
    for (const struct node *flag = node_is(flags, NODE_MAP) ? flags->first : NULL; flag; flag = flag->next) {
        const char *text = node_text(flag);
        if (text && strcmp(flag->key, "from") == 0)
            note_from(build, text, instruction);
        else if (text && strcmp(flag->key, "mount") == 0)
            note_mount(build, text, instruction);
    }
}

static void take_run(struct build *build, const struct node *instruction)
{
    note_flags(build, instruction);
    note_command(build, instruction);
}

static bool is_remote(const char *source)
{
    static const char *const schemes[] = {"http://", "https://", "git@", "git://", "ssh://", "ftp://"};
    for (size_t i = 0; i < ARRAY_COUNT(schemes); i++)
        if (strncasecmp(source, schemes[i], strlen(schemes[i])) == 0)
            return true;
    return false;
}

static void note_add(struct build *build, const struct node *source, const struct node *target,
                     const struct node *instruction)
{
    struct node *add = node_new_map(build->arena, instruction);
    node_put(build->arena, add, "source", node_copy(build->arena, source));
    node_put(build->arena, add, "target", node_copy(build->arena, target));
    node_put(build->arena, add, "remote", node_new_bool(build->arena, is_remote(source->text), instruction));
    node_append(build->adds, add);
}

static void take_add(struct build *build, const struct node *instruction)
{
    struct node *words = node_new_list(build->arena, instruction);
    const struct node *given = node_get(instruction, "words");
    const char *at = rest_of(instruction), *word;
    for (const struct node *one = node_first(given); one; one = one->next)
        if (node_text(one))
            node_append(words, build_text(build, node_text(one), instruction));
    while (!given && (word = next_word(build, &at)))
        node_append(words, build_text(build, word, instruction));
    for (const struct node *one = words->first; one && one->next; one = one->next)
        if (strncmp(one->text, "<<", 2) != 0)
            note_add(build, one, words->last, instruction);
}

/* What it says happens in the builds of others; only what is run and brought in there is of interest. */
static void take_onbuild(struct build *build, const struct node *instruction)
{
    const struct node *inner = node_get(instruction, "instruction");
    const char *name = node_text_at(inner, "name");
    if (name && strcmp(name, "RUN") == 0)
        note_command(build, inner);
    else if (name && strcmp(name, "ADD") == 0)
        take_add(build, inner);
}

/* ---- all of them ---------------------------------------------------------------------------------------- */

static void note_instruction(struct build *build, const struct node *instruction, const char *name)
{
    struct node *row = node_new_map(build->arena, instruction);
    node_put(build->arena, row, "name", node_new_text(build->arena, name, instruction));
    node_put(build->arena, row, "text", node_new_text(build->arena, node_text_at(instruction, "text"), instruction));
    if (build->count)
        node_put(build->arena, row, "stage", node_new_int(build->arena, (int64_t)build->count - 1, instruction));
    node_append(build->instructions, row);
}

void build_take(struct build *build, const struct node *instruction)
{
    static const struct {
        const char *name;
        void (*take)(struct build *build, const struct node *instruction);
    } rows[] = {
        {"ADD", take_add},      {"ARG", take_arg},            {"COPY", note_flags},       {"ENV", take_env},
        {"EXPOSE", take_expose}, {"FROM", take_from},         {"HEALTHCHECK", take_health}, {"ONBUILD", take_onbuild},
        {"RUN", take_run},      {"USER", take_user},
    };
    const char *name = node_text_at(instruction, "name");
    if (!name || !node_text_at(instruction, "text"))
        return;
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        if (strcmp(rows[i].name, name) == 0)
            rows[i].take(build, instruction);
    note_instruction(build, instruction, name);
}
