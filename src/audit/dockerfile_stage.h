/*
 * The stages of a Dockerfile, one instruction after the other (private to dockerfile*.c).
 */
#pragma once

#include "audit/collect.h"
#include "audit/dockerfile_expand.h"

enum { DOCKERFILE_STAGES_MAX = 1000, DOCKERFILE_PORTS_MAX = 1000 /* of a stage; more are not told */ };

struct stage {
    const char *name;         /* NULL when it has none */
    const struct node *from;  /* its FROM instruction */
    const struct node *base;  /* facts of the image, or { reference } of an earlier stage and of scratch */
    struct node *user;        /* of the last USER, its own or of the stage it begins with; NULL */
    const struct node *user_at;
    const char *health;       /* "present", "disabled", NULL */
    const struct node *health_at;
    struct node *ports;       /* a list; those of the stage it begins with too */
    struct variables variables;
};

struct build {
    struct collector *collector;
    struct arena *arena;
    struct expander expander;
    struct variables globals; /* ARG before the first FROM */
    struct stage *stages;
    size_t count, capacity;
    struct node *base_images, *instructions, *environment, *commands, *adds;
};

/* Takes in one instruction of the tree of dockerfile_read. */
void build_take(struct build *build, const struct node *instruction);
/* A fresh text at the instruction with variables put in; tagged NODE_TAG_OPEN where one is unknown. */
struct node *build_text(struct build *build, const char *text, const struct node *instruction);
