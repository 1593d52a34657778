/*
 * A container beside a recording of what ran in it: the facts `used` (subject.h), which rules of rules/usage/ judge.
 *
 * Nothing is decided here but what needs a model to decide: whether a profile would refuse a call, where an empty mount has to
 * be, what a peak asks for. What is too much of it and what too little the rules say.
 */
#pragma once

#include "audit/collect.h"
#include "audit/used_recordings.h"

/* The container's facts with used among them, in the collector's arena. */
const struct node *usage_facts(struct collector *collector, const struct subject *container,
                               const struct used_recording *recording);
