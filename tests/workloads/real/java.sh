#!/bin/bash
# java: the virtual machine with its threads makes and lists a key store (keytool is part of every runtime); with the
# compiler module there, also a program with files, sockets, threads and a child process.
. "$(dirname "$0")/common.sh"
programs=(java keytool)

compiled() {
    cat >Work.java <<'JAVA'
import java.io.*;
import java.net.*;
import java.nio.file.*;
import java.util.stream.*;

public class Work {
    static void want(String what, Object seen, Object wanted) {
        if (!seen.equals(wanted)) throw new RuntimeException(what + ": " + seen + " instead of " + wanted);
    }

    public static void main(String[] args) throws Exception {
        Path file = Files.writeString(Path.of("file"), "x".repeat(100000));
        Files.move(file, Path.of("moved"));
        want("size", Files.size(Path.of("moved")), 100000L);
        want("sum", IntStream.range(0, 100000).parallel().asLongStream().sum(), 4999950000L);
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> {
                try (Socket socket = server.accept()) {
                    socket.getOutputStream().write(socket.getInputStream().read() + 1);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            thread.start();
            try (Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
                socket.getOutputStream().write(41);
                want("answer", socket.getInputStream().read(), 42);
            }
            thread.join();
        }
        Process child = new ProcessBuilder("echo", "from a child").start();
        want("child", new String(child.getInputStream().readAllBytes()).trim(), "from a child");
        want("status", child.waitFor(), 0);
        System.out.println("right");
    }
}
JAVA
    want result "$(java -Xmx128m Work.java)" right
}

run() {
    keytool -genkeypair -keystore keys -storepass secret1 -alias one -keyalg EC -dname CN=test >/dev/null 2>&1
    want keys "$(keytool -list -keystore keys -storepass secret1 2>/dev/null | grep -c PrivateKeyEntry)" 1
    if java --list-modules | grep -q '^jdk.compiler'; then
        compiled
    fi
}
workload "$@"
