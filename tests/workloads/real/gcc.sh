#!/bin/bash
# gcc: make -j2 of a few files with a static and a shared library, run afterwards, and rebuilt in part.
. "$(dirname "$0")/common.sh"
programs=(gcc make ar)

sources() {
    local i
    for i in 1 2 3 4 5 6; do
        printf '#include <stdio.h>\n#include <stdlib.h>\nint f%d(int x)\n{\n    return x + %d;\n}\n' "$i" "$i" >"f$i.c"
    done
    printf 'int shared(void)\n{\n    return 100;\n}\n' >shared.c
    cat >main.c <<'C'
#include <stdio.h>
int f1(int), f2(int), f3(int), f4(int), f5(int), f6(int), shared(void);
int main(void)
{
    return printf("%d\n", f1(f2(f3(f4(f5(f6(shared())))))) ) < 0;
}
C
    cat >Makefile <<'MAKE'
CFLAGS = -O2 -g -Wall
OBJECTS = f1.o f2.o f3.o f4.o f5.o f6.o
program: main.o libf.a libshared.so
	$(CC) -o $@ main.o -L. -lf -lshared -Wl,-rpath,$(CURDIR)
libf.a: $(OBJECTS)
	ar rcs $@ $^
libshared.so: shared.c
	$(CC) $(CFLAGS) -shared -fPIC -o $@ $<
MAKE
}

run() {
    sources
    make -j2 >/dev/null
    want output "$(./program)" 121
    sed -i 's/x + 1;/x + 11;/' f1.c
    sleep 0.1
    make -j2 >/dev/null
    want 'output of the second build' "$(./program)" 131
}
workload "$@"
