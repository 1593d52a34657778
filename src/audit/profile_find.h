/*
 * Profiles that the input brings, by the names that containers and other profiles say: those of the file first, then those of the other files.
 *
 * Other files are known once all were read (profile_pool.h): until then only that the file wants the name is remembered.
 */
#pragma once

#include "audit/profile_shelf.h"

/* Each returns 1 when it is there, 0 when not, and a negative errno with a sentence when it is there and cannot be had. What comes from another file
 * stands where `where` does. */

/* The tree, with the rules of its bases. */
int profile_find_seccomp(struct collector *collector, const char *wanted, const struct node *where, const struct node **ret_root,
                         struct err *err);
/* An operator's object alone, without its base. */
int profile_find_object(struct collector *collector, const char *wanted, const struct node *where, const struct node **ret_root,
                        struct err *err);
/* The statements of the whole text, and the path of the file they stand in. */
int profile_find_apparmor(struct collector *collector, const char *wanted, const struct node *where, const struct node **ret_statements,
                          const char **ret_path, struct err *err);
/* An offer of this file, with its bases. */
const struct node *profile_find_whole(struct collector *collector, const struct shelf_offer *offer);
