/* SPDX-License-Identifier: MIT */
/*
 * What must be noticed, so that a clean report means something:
 * bad double    one block freed twice
 * bad realloc   a foreign pointer resized
 * bad bypass    a block from libc's own malloc, past every export
 */
#include <dlfcn.h>

#include "real.h"

/* The compiler must not see what is done to it. */
static void *volatile p;

int main(int count, char **arguments)
{
    const char *what = count == 2 ? arguments[1] : "";
    static char foreign[64];
    if (strcmp(what, "double") == 0) {
        p = malloc(100);
        free(p);
        free(p);
    } else if (strcmp(what, "realloc") == 0) {
        p = foreign + 16;
        CHECK(realloc(p, 100) == NULL);
    } else if (strcmp(what, "bypass") == 0) {
        void *libc = dlopen("libc.so.6", RTLD_NOW);
        void *(*of_libc)(size_t);
        *(void **)&of_libc = libc == NULL ? NULL : dlsym(libc, "malloc");
        CHECK(of_libc != NULL && of_libc != malloc);
        CHECK((p = of_libc(100)) != NULL);
    } else {
        return 2;
    }
    return 0;
}
