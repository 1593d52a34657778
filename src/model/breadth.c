#include "model/breadth.h"

#include <assert.h>
#include <string.h>

#include "model/breadth_sum.h"
#include "model/capability.h"

static const char *const kind_names[] = {[BREADTH_WAY] = "way", [BREADTH_COMBINATION] = "combination", [BREADTH_FACT] = "fact"};

const char *breadth_kind_name(enum breadth_kind kind)
{
    return kind_names[kind];
}

void breadth_done(struct breadth *breadth)
{
    for (size_t i = 0; i < breadth->probe_count; i++)
        free(breadth->probes[i].what);
    for (size_t i = 0; i < breadth->row_count; i++)
        free(breadth->rows[i].name);
    free(breadth->probes);
    free(breadth->rows);
    free(breadth->undone);
    *breadth = (struct breadth){0};
}

size_t breadth_count(const struct breadth *breadth, enum severity severity)
{
    size_t count = 0;
    for (size_t i = 0; i < breadth->row_count; i++)
        count += breadth->rows[i].worst && breadth->rows[i].worst->severity == severity;
    return count;
}

/* ---- the tables --------------------------------------------------------------------------------------- */

static const struct data_score_points *points_of(const char *kind, const char *what)
{
    size_t i = 0;
    while (i < data_score_points_count && (strcmp(data_score_points[i].kind, kind) != 0 || strcmp(data_score_points[i].what, what) != 0))
        i++;
    assert(i < data_score_points_count);
    return &data_score_points[i];
}

static const struct data_score_ways *way_of(const char *kind, const char *probe)
{
    for (size_t i = 0; i < data_score_ways_count; i++)
        if (strcmp(data_score_ways[i].kind, kind) == 0 && strcmp(data_score_ways[i].probe, probe) == 0)
            return &data_score_ways[i];
    return NULL;
}

static const struct data_score_grades *grade_of(unsigned score)
{
    size_t i = 0;
    while (i + 1 < data_score_grades_count && score < (unsigned)data_score_grades[i].least)
        i++;
    return &data_score_grades[i];
}

/* ---- collecting --------------------------------------------------------------------------------------- */

struct breadth_probe *breadth_add_probe(struct breadth *breadth, const char *kind, const char *probe, enum severity severity)
{
    const struct data_score_ways *way = way_of(kind, probe);
    MEM_GROW(breadth->probes, breadth->probe_count, breadth->probe_capacity);
    struct breadth_probe *item = &breadth->probes[breadth->probe_count++];
    *item = (struct breadth_probe){
        .probe = probe, .way = way ? way->way : probe, .why = "", .needs = "", .severity = severity, .abi = ABI_NONE};
    item->by_user_namespace = way && *way->by_user_namespace;
    return item;
}

static struct breadth_row *add_row(struct breadth *breadth, enum breadth_kind kind, unsigned points, char *name, const char *why)
{
    MEM_GROW(breadth->rows, breadth->row_count, breadth->row_capacity);
    struct breadth_row *row = &breadth->rows[breadth->row_count++];
    *row = (struct breadth_row){.kind = kind, .points = points, .name = name, .why = why};
    return row;
}

void breadth_add_fact(struct breadth *breadth, const char *what, unsigned times, char *name)
{
    const struct data_score_points *points = points_of("fact", what);
    if (times)
        add_row(breadth, BREADTH_FACT, times * (unsigned)points->points, name, points->why);
    else
        free(name);
}

/* ---- adding up ---------------------------------------------------------------------------------------- */

static bool has(uint64_t capabilities, const char *name)
{
    const struct data_capabilities *row = capability_by_name(name);
    return row && (capabilities >> row->number & 1);
}

static bool makes_user_namespaces(const struct breadth *breadth)
{
    for (size_t i = 0; i < breadth->probe_count; i++)
        if (strcmp(breadth->probes[i].way, "make user namespaces") == 0)
            return true;
    return false;
}

/* by_user_namespace says so far that a user namespace would do, and from here on that it is what makes the probe usable. */
static void weigh(struct breadth *breadth, uint64_t capabilities)
{
    bool namespaces = makes_user_namespaces(breadth);
    for (size_t i = 0; i < breadth->probe_count; i++) {
        struct breadth_probe *probe = &breadth->probes[i];
        bool held = !*probe->needs || has(capabilities, probe->needs);
        probe->by_user_namespace = !held && probe->by_user_namespace && namespaces;
        probe->usable = held || probe->by_user_namespace;
        probe->points = (unsigned)points_of(probe->usable ? "usable" : "unusable", severity_name(probe->severity))->points;
    }
}

static struct breadth_row *find_way(const struct breadth *breadth, const char *way)
{
    for (size_t i = 0; i < breadth->row_count; i++)
        if (breadth->rows[i].worst && strcmp(breadth->rows[i].worst->way, way) == 0)
            return &breadth->rows[i];
    return NULL;
}

/* Costs more, or as much and could cost more. */
static bool is_worse(const struct breadth_probe *a, const struct breadth_probe *b)
{
    return a->points > b->points || (a->points == b->points && a->severity > b->severity);
}

static void open_way(struct breadth *breadth, const struct breadth_probe *probe)
{
    struct breadth_row *row = find_way(breadth, probe->way);
    if (!row)
        row = add_row(breadth, BREADTH_WAY, 0, mem_strdup(probe->way), "");
    if (row->worst && !is_worse(probe, row->worst))
        return;
    row->worst = probe;
    row->points = probe->points;
    row->why = probe->why;
}

static bool is_usable(const struct breadth *breadth, const char *way)
{
    for (size_t i = 0; i < breadth->probe_count; i++)
        if (strcmp(breadth->probes[i].way, way) == 0 && breadth->probes[i].usable)
            return true;
    return false;
}

static void add_combinations(struct breadth *breadth, const char *kind)
{
    for (size_t i = 0; i < data_score_combinations_count; i++) {
        const struct data_score_combinations *row = &data_score_combinations[i];
        if (strcmp(row->kind, kind) == 0 && is_usable(breadth, row->first) && is_usable(breadth, row->second))
            add_row(breadth, BREADTH_COMBINATION, (unsigned)row->points, mem_printf("%s, and %s", row->first, row->second), row->why);
    }
}

/* The most points first; ways before what comes of them, and in the order of the tables. */
static void sort_rows(struct breadth *breadth)
{
    for (size_t i = 1; i < breadth->row_count; i++) {
        struct breadth_row row = breadth->rows[i];
        size_t at = i;
        for (; at > 0 && breadth->rows[at - 1].points < row.points; at--)
            breadth->rows[at] = breadth->rows[at - 1];
        breadth->rows[at] = row;
    }
}

void breadth_sum(struct breadth *breadth, const char *kind, uint64_t capabilities)
{
    weigh(breadth, capabilities);
    for (size_t i = 0; i < breadth->probe_count; i++)
        open_way(breadth, &breadth->probes[i]);
    add_combinations(breadth, kind);
    sort_rows(breadth);
    for (size_t i = 0; i < breadth->row_count; i++)
        breadth->lost += breadth->rows[i].points;
    breadth->score = breadth->lost < 100 ? 100 - breadth->lost : 0;
    breadth->grade = grade_of(breadth->score);
}
