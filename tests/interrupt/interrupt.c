/* SPDX-License-Identifier: MIT */
/*
 * The sweep: for each scene and each thing that a handler may do, the interrupt lands
 * on the first instruction of the call, the second, and so on to the last.
 *
 *   full=1      every instruction. Otherwise: of a stretch with interrupts masked
 *               only the first, as they all come to the same, at its end
 *   most=200    and so many of a call (0: all); the others are passed over evenly
 *   heap=256K   of the first region; the second is half as large
 *   scene=NAME  action=NAME
 *
 * An interrupt that comes late was held off by the mask. That all instructions had
 * theirs is an equation: as many interrupts landed in the call as instructions of it
 * were executed without one, both counted beyond those of an empty call.
 */
#include "inside.h"
#include "judge.h"
#include "landing.h"

enum { MOST = 200 };

/* What a sweep counts. */
typedef struct counts {
    uint64_t on_the_spot, deferred; /* interrupts that landed in the call */
    uint64_t episodes;              /* calls that were made */
} counts;

void hak_port_fault(hak_fault kind, const void *pointer, const void *call_site)
{
    (void)call_site;
    report(kind, pointer);
}

static const action *acting;

static void act(void)
{
    if (inside_is_locked()) {
        complain("an interrupt came while this core had the lock");
        return;
    }
    uint64_t state = mask_state();
    now.in_handler = true;
    acting->act();
    now.in_handler = false;
    if (mask_state() != state)
        complain("a call in a handler did not leave the interrupt mask as it was");
}

/* One interrupt in one call. false: the call was over before it. */
static bool episode(const scene *s, const action *a, uint64_t delay, uint64_t *late)
{
    landing where = {0, 0, 0};
    go_back();
    acting = a;
    bool hit = interrupted(s->call, act, delay, &where);
    *late = where.late;
    if (!hit)
        return false;
    if (where.late != 0 && !place_is_behind_unmask(where.place))
        complain("an interrupt was late, and no mask was it that held it off");
    judge(s->expects);
    return true;
}

static uint64_t distance(uint64_t instructions, uint64_t most)
{
    return most != 0 && instructions > most ? instructions / most : 1;
}

/* All instructions of a call; counts up. */
static void sweep(const scene *s, const action *a, uint64_t instructions, counts *sum)
{
    bool full = kit_argument_number("full", 0) != 0;
    uint64_t far = full ? 1 : distance(instructions, kit_argument_number("most", MOST));
    uint64_t delay = first_delay, late;
    counts c = {0, 0, 0};
    while (complaint == NULL && episode(s, a, delay, &late)) {
        uint64_t passed = full || late == 0 ? 1 : late;
        c.episodes++;
        c.on_the_spot += late == 0;
        c.deferred += late == 0 ? 0 : passed;
        delay += late == 0 ? far : passed;
    }
    if (complaint == NULL && far == 1 &&
        c.on_the_spot + c.deferred - empty_landings != instructions - empty_instructions)
        complain("not every instruction had its interrupt");
    if (complaint != NULL)
        kit_print("FAIL %s: %s, after %llu interrupts; the handler does: %s; %llu instructions "
                  "into the call\n",
                  s->name, complaint, (unsigned long long)(sum->episodes + c.episodes), a->name,
                  (unsigned long long)(delay - first_delay));
    sum->on_the_spot += c.on_the_spot;
    sum->deferred += c.deferred;
    sum->episodes += c.episodes;
}

static void play(const scene *s, counts *total)
{
    counts c = {0, 0, 0};
    prepare(s);
    uint64_t instructions = complaint == NULL ? undisturbed(s) : 0;
    if (complaint != NULL)
        kit_print("FAIL %s: without an interrupt: %s\n", s->name, complaint);
    for (unsigned i = 0; complaint == NULL && i < action_count; i++)
        if (is_named("action", actions[i].name))
            sweep(s, &actions[i], instructions, &c);
    if (complaint == NULL)
        kit_print(
            "ok %s: %llu instructions, interrupts on the spot %llu, deferred %llu, calls %llu\n",
            s->name, (unsigned long long)(instructions - empty_instructions),
            (unsigned long long)c.on_the_spot, (unsigned long long)c.deferred,
            (unsigned long long)c.episodes);
    total->on_the_spot += c.on_the_spot;
    total->deferred += c.deferred;
    total->episodes += c.episodes;
}

int kit_main(void)
{
    counts total = {0, 0, 0};
    unsigned played = 0;
    bool begun = start() && calibrate();
    rewind_keep(0);
    if (!begun) {
        kit_print("FAIL start: no heap, or no timer that counts instructions\n");
        return 1;
    }
    for (unsigned i = 0; complaint == NULL && i < scene_count; i++)
        if (can_play(&scenes[i]) && is_named("scene", scenes[i].name)) {
            play(&scenes[i], &total);
            played++;
        }
    if (complaint == NULL && played != 0)
        kit_print("ok every_instruction: %u scenes, interrupts on the spot %llu, deferred %llu, "
                  "calls %llu\n",
                  played, (unsigned long long)total.on_the_spot, (unsigned long long)total.deferred,
                  (unsigned long long)total.episodes);
    return complaint != NULL || played == 0;
}
