/*
 * usage: yaml_events THREADS LIST
 * Parses the files named in LIST (one a line) with libyaml down to its events, and forgets them: the least that any
 * reader of YAML built on it can cost. Files that are no YAML end where they are none.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct work {
    char **paths;
    size_t count;
    atomic_size_t next;
    atomic_ulong events;
};

static unsigned long parse(const char *path)
{
    yaml_parser_t parser;
    yaml_event_t event;
    unsigned long events = 0;
    bool ended = false;
    FILE *file = fopen(path, "re");
    if (!file || !yaml_parser_initialize(&parser)) {
        perror(path);
        exit(1);
    }
    yaml_parser_set_input_file(&parser, file);
    while (!ended && yaml_parser_parse(&parser, &event)) {
        ended = event.type == YAML_STREAM_END_EVENT;
        events++;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    fclose(file);
    return events;
}

static void *run(void *argument)
{
    struct work *work = argument;
    for (size_t i; (i = atomic_fetch_add(&work->next, 1)) < work->count;)
        atomic_fetch_add(&work->events, parse(work->paths[i]));
    return NULL;
}

static void read_list(const char *path, struct work *work)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    FILE *file = fopen(path, "re");
    while (file && (length = getline(&line, &size, file)) > 0) {
        line[length - 1] = '\0';
        work->paths = realloc(work->paths, (work->count + 1) * sizeof(*work->paths));
        if (!work->paths)
            abort();
        work->paths[work->count++] = strdup(line);
    }
    free(line);
    if (file)
        fclose(file);
}

int main(int argc, char **argv)
{
    int count = argc == 3 ? atoi(argv[1]) : 0;
    struct work work = {0};
    pthread_t threads[64];
    if (count < 1 || count > 64) {
        fprintf(stderr, "usage: yaml_events THREADS LIST\n");
        return 2;
    }
    read_list(argv[2], &work);
    for (int i = 1; i < count; i++)
        if (pthread_create(&threads[i], NULL, run, &work) != 0)
            return 1;
    run(&work);
    for (int i = 1; i < count; i++)
        pthread_join(threads[i], NULL);
    printf("%zu files, %lu events\n", work.count, (unsigned long)work.events);
    return work.count > 0 ? 0 : 1;
}
